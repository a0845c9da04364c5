// A quick look that takes every sound line, and a slower one that tells apart what is wrong.
#include "http/start_line.hpp"

#include "http/syntax.hpp"

#include <algorithm>

namespace errgate::http {
namespace {

constexpr std::size_t kVersionSize = 8;  // "HTTP/1.1"
constexpr std::size_t kCodeEnd = 12;     // "HTTP/1.1 200"

// HTTP-version of any number: "HTTP/" DIGIT "." DIGIT.
bool is_version(std::string_view text) {
    return text.size() == kVersionSize && text.starts_with("HTTP/") && is_digit(text[5]) &&
           text[6] == '.' && is_digit(text[7]);
}

// 10 or 11, or 0 for anything else.
int supported_version(std::string_view text) {
    if (text == "HTTP/1.1") return 11;
    return text == "HTTP/1.0" ? 10 : 0;
}

bool is_visible(char c) {
    return c > 0x20 && c < 0x7f;
}

Violation request_line_violation(std::string_view line) {
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
    return supported_version(version) != 0 ? Violation::invalid_target
                                           : Violation::unsupported_version;
}

Violation status_line_violation(std::string_view line) {
    if (line.find('\r') != std::string_view::npos) return Violation::bare_line_break;
    const std::size_t space = line.find(' ');
    const std::string_view version = line.substr(0, space);
    if (space == std::string_view::npos) return Violation::malformed_start_line;
    if (!is_version(version)) return Violation::malformed_start_line;
    if (supported_version(version) == 0) return Violation::unsupported_version;
    const std::string_view status = line.substr(space + 1, line.find(' ', space + 1) - space - 1);
    const bool is_code = status.size() == 3 && std::ranges::all_of(status, is_digit);
    return is_code ? Violation::malformed_start_line : Violation::invalid_status;
}

}  // namespace

Violation take_request_line(std::string_view line, RequestHead& head) {
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos || line.size() < first + 3 + kVersionSize) {
        return request_line_violation(line);
    }
    const std::size_t last = line.size() - kVersionSize - 1;
    head.method_text = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    head.version = supported_version(line.substr(last + 1));
    const bool sound = head.version != 0 && line[last] == ' ' && is_token(head.method_text) &&
                       std::ranges::all_of(head.target, is_visible);
    if (!sound) return request_line_violation(line);
    head.method =
        boost::beast::http::string_to_verb({head.method_text.data(), head.method_text.size()});
    return Violation::none;
}

Violation take_status_line(std::string_view line, ResponseHead& head) {
    if (line.size() < kCodeEnd) return status_line_violation(line);
    head.version = supported_version(line.substr(0, kVersionSize));
    const std::string_view code = line.substr(kVersionSize + 1, 3);
    const std::string_view rest = line.substr(kCodeEnd);
    head.reason = rest.substr(rest.empty() ? 0 : 1);
    const bool sound =
        head.version != 0 && line[kVersionSize] == ' ' && std::ranges::all_of(code, is_digit) &&
        (rest.empty() || rest.front() == ' ') && std::ranges::all_of(head.reason, is_text_char);
    if (!sound) return status_line_violation(line);
    head.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
    return Violation::none;
}

}  // namespace errgate::http
