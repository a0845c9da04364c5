// Line by line through a head that may still be arriving.
#include "http/head_scan.hpp"

#include "http/syntax.hpp"

#include <algorithm>

namespace errgate::http {
namespace {

// RFC 9112 2.2 asks for at least one empty line before a request to be ignored.
constexpr std::size_t kMaxEmptyLines = 4;
constexpr std::string_view kProtocol = "HTTP/";

// Bytes of the request-target that are there so far; the line may be incomplete.
std::size_t target_length(std::string_view line) {
    const std::size_t space = line.find_first_of(" \r\n");
    if (space == std::string_view::npos || line[space] != ' ') return 0;
    line.remove_prefix(space + 1);
    return std::min(line.find_first_of(" \r\n"), line.size());
}

}  // namespace

Violation HeadScan::skip_empty_lines(std::string_view buffer) {
    while (line_begin_ + 1 < buffer.size() && buffer[line_begin_] == '\r') {
        if (buffer[line_begin_ + 1] != '\n') return Violation::bare_line_break;
        line_begin_ += 2;
        if (line_begin_ > 2 * kMaxEmptyLines) return Violation::malformed_start_line;
    }
    return Violation::none;
}

// The first bytes tell another protocol at once, long before a line end that may never come.
Violation HeadScan::check_opening(std::string_view opening) const {
    if (kind_ == Kind::response) {
        const std::size_t known = std::min(opening.size(), kProtocol.size());
        return opening.substr(0, known) == kProtocol.substr(0, known)
                   ? Violation::none
                   : Violation::malformed_start_line;
    }
    if (opening.front() == '\n') return Violation::bare_line_break;
    return is_token_char(opening.front()) ? Violation::none : Violation::malformed_start_line;
}

HeadScan::Line HeadScan::start_line(std::string_view buffer) {
    if (kind_ == Kind::request) {
        const Violation v = skip_empty_lines(buffer);
        if (v != Violation::none) return {.violation = v, .text = {}};
        if (buffer.substr(line_begin_) == "\r") return {};
    }
    if (line_begin_ == buffer.size()) return {};
    const std::string_view opening = buffer.substr(line_begin_);
    const Violation v = check_opening(opening);
    if (v != Violation::none) return {.violation = v, .text = {}};
    if (kind_ == Kind::request && opening.size() > max_target_bytes_ &&
        target_length(opening) > max_target_bytes_) {
        return {.violation = Violation::target_too_long, .text = {}};
    }
    const Line line = next_line(buffer);
    start_found_ = line.found;
    return line;
}

}  // namespace errgate::http
