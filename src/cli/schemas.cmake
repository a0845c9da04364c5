# Writes ${OUT}: config/schema/*.json as C++ string literals. Run at build time with cmake -P.
set(code "// Generated from config/schema. Do not edit.\n#include \"cli/schemas.hpp\"\n\n")
string(APPEND code "namespace errgate::cli {\n\n")
foreach(name routes mapping)
  file(READ ${DIR}/${name}.json text)
  string(APPEND code "std::string_view ${name}_schema() {\n    return R\"schema(${text})schema\";\n}\n")
endforeach()
string(APPEND code "\n}  // namespace errgate::cli\n")
file(WRITE ${OUT} "${code}")
