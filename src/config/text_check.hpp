// What is checked and mended in a file's bytes before the YAML parser sees them.
#pragma once

#include "config/document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace errgate::config {

constexpr std::size_t kMaxFileBytes = 8 * 1024 * 1024;

// Size, UTF-8 and control characters: yaml-cpp takes 0x04 for the end of the file, guesses UTF-16,
// and replaces bad UTF-8 in silence. False, with one problem, when the text cannot be used.
bool check_text(std::string_view text, const std::string& file, std::vector<Problem>& problems);

// JSON writes characters past U+FFFF as two \u escapes (RFC 8259 section 7), which YAML does not
// know: in a text that begins like JSON they become YAML's \U0001F600. Columns behind one, on the
// same line, come out two smaller.
std::string join_surrogate_escapes(std::string_view text);

}  // namespace errgate::config
