// A file of the source tree that was made a part of the binary: see errgate_embed() in
// src/CMakeLists.txt.
#pragma once

#include <span>
#include <string_view>

namespace errgate::base {

struct EmbeddedFile {
    std::string_view name;  // without its folder
    std::string_view text;
    std::string_view sha256;  // of the text, in hexadecimal digits
};

}  // namespace errgate::base
