# Writes ${OUT}: the files ${FILES} as text inside the binary, behind ${NAMESPACE}::${FUNCTION}().
# Run at build time with cmake -P by errgate_embed().
set(code "// Generated. Do not edit.\n#include \"base/embedded.hpp\"\n\n")
# Both compilers take literals beyond the 64 KiB of the standard; clang's -Wpedantic objects.
string(APPEND code "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n")
string(APPEND code "namespace ${NAMESPACE} {\n\n")
string(APPEND code "std::span<const errgate::base::EmbeddedFile> ${FUNCTION}() {\n")
string(APPEND code "    using namespace std::string_view_literals;\n")
# With ""sv the length is known; clang gives up counting so many characters in a constant expression.
string(APPEND code "    static constexpr errgate::base::EmbeddedFile kFiles[] = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  file(SHA256 ${file} hash)
  string(APPEND code "        {\"${name}\", R\"embedded(${text})embedded\"sv, \"${hash}\"},\n")
endforeach()
string(APPEND code "    };\n    return kFiles;\n}\n\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${code}")
