# What `cmake --install` and the Debian package consist of. Included by the top CMakeLists.txt;
# deploy/build_deb.sh builds the package.

install(TARGETS errgate RUNTIME DESTINATION bin)
install(FILES ${CMAKE_BINARY_DIR}/documents/errgate.1.gz DESTINATION share/man/man1)
install(FILES ${CMAKE_BINARY_DIR}/documents/errgate.bash DESTINATION share/bash-completion/completions RENAME errgate)
install(FILES ${CMAKE_BINARY_DIR}/documents/errgate.zsh DESTINATION share/zsh/vendor-completions RENAME _errgate)
install(FILES ${CMAKE_BINARY_DIR}/documents/changelog.gz deploy/debian/copyright DESTINATION share/doc/errgate)
install(DIRECTORY config/dialects DESTINATION share/doc/errgate FILES_MATCHING PATTERN *.yaml)
install(FILES config/errgate.yaml DESTINATION /etc/errgate)
install(FILES deploy/systemd/errgate.service deploy/systemd/errgate.socket DESTINATION /lib/systemd/system)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "the errgate authors <errgate@invalid.example>")
set(CPACK_PACKAGE_DESCRIPTION
  "A reverse proxy that runs beside an application and stands between it and its payment
providers. Successes pass untouched and streaming; every failure becomes one JSON
envelope with a code from a closed set, a request id and an honest word on whether the
operation may have happened. It repeats what is safe to repeat and never charges twice.")
set(CPACK_SET_DESTDIR ON)  # /etc and /lib are absolute
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA)
foreach(script conffiles postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/deploy/debian/${script})
endforeach()
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
