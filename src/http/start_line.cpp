// Tells apart the ways in which a start line can be wrong.
#include "http/start_line.hpp"

#include "http/syntax.hpp"

#include <algorithm>

namespace errgate::http {
namespace {

constexpr std::string_view kBareShape = "HTTP/1.1 200\r\n";
static_assert(kFullStatusLine == kBareShape.size() + 1);

// HTTP-version of any number: "HTTP/" DIGIT "." DIGIT.
bool is_version(std::string_view text) {
    return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
           is_digit(text[7]);
}

bool is_supported(std::string_view version) {
    return version == "HTTP/1.0" || version == "HTTP/1.1";
}

}  // namespace

Violation request_line_violation(std::string_view line) {
    line.remove_suffix(2);
    if (line.find('\r') != std::string_view::npos) return Violation::bare_line_break;
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos) return Violation::malformed_start_line;
    if (!is_token(line.substr(0, first))) return Violation::invalid_method;
    const std::size_t last = line.rfind(' ');
    if (first == last) {  // "GET /" is the request line of HTTP/0.9
        return first + 1 < line.size() ? Violation::unsupported_version
                                       : Violation::malformed_start_line;
    }
    const std::string_view version = line.substr(last + 1);
    if (!is_version(version)) return Violation::malformed_start_line;
    return is_supported(version) ? Violation::invalid_target : Violation::unsupported_version;
}

Violation status_line_violation(std::string_view line) {
    line.remove_suffix(2);
    if (line.find('\r') != std::string_view::npos) return Violation::bare_line_break;
    const std::size_t space = line.find(' ');
    const std::string_view version = line.substr(0, space);
    if (space == std::string_view::npos) return Violation::malformed_start_line;
    if (!is_version(version)) return Violation::malformed_start_line;
    if (!is_supported(version)) return Violation::unsupported_version;
    const std::string_view status = line.substr(space + 1, line.find(' ', space + 1) - space - 1);
    const bool is_code = status.size() == 3 && std::ranges::all_of(status, is_digit);
    return is_code ? Violation::malformed_start_line : Violation::invalid_status;
}

bool is_bare_status_line(std::string_view line) {
    return line.size() == kBareShape.size() && is_version(line.substr(0, 8)) && line[8] == ' ' &&
           std::ranges::all_of(line.substr(9, 3), is_digit);
}

std::string_view complete_status_line(std::string_view line,
                                      std::array<char, kFullStatusLine>& out) {
    std::ranges::copy(line.substr(0, 12), out.begin());
    std::ranges::copy(std::string_view(" \r\n"), out.begin() + 12);
    return {out.data(), out.size()};
}

}  // namespace errgate::http
