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
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return 0;
    line.remove_prefix(space + 1);
    return std::min(line.find_first_of(" \r\n"), line.size());
}

}  // namespace

Violation HeadScan::skip_empty_lines(std::string_view buffer) {
    while (start_begin_ + 1 < buffer.size() && buffer[start_begin_] == '\r') {
        if (buffer[start_begin_ + 1] != '\n') return Violation::bare_line_break;
        start_begin_ += 2;
        if (start_begin_ > 2 * kMaxEmptyLines) return Violation::malformed_start_line;
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

Violation HeadScan::find_start_line(std::string_view buffer) {
    if (kind_ == Kind::request) {
        if (const Violation v = skip_empty_lines(buffer); v != Violation::none) return v;
        if (buffer.substr(start_begin_) == "\r") return Violation::none;
    }
    if (start_begin_ == buffer.size()) return Violation::none;
    const std::string_view opening = buffer.substr(start_begin_);
    if (const Violation v = check_opening(opening); v != Violation::none) return v;

    const std::size_t lf = buffer.find('\n', std::max(scanned_, start_begin_));
    if (kind_ == Kind::request && target_length(opening) > max_target_bytes_) {
        return Violation::target_too_long;
    }
    if (lf == std::string_view::npos) {
        scanned_ = buffer.size();
        return Violation::none;
    }
    if (buffer[lf - 1] != '\r') return Violation::bare_line_break;
    start_end_ = line_begin_ = scanned_ = lf + 1;
    return Violation::none;
}

Violation HeadScan::find_head_end(std::string_view buffer) {
    for (;;) {
        if (line_begin_ < buffer.size() &&
            (buffer[line_begin_] == ' ' || buffer[line_begin_] == '\t')) {
            return Violation::obsolete_line_folding;
        }
        const std::size_t lf = buffer.find('\n', scanned_);
        if (lf == std::string_view::npos) {
            scanned_ = buffer.size();
            return Violation::none;
        }
        if (buffer[lf - 1] != '\r') return Violation::bare_line_break;
        if (lf == line_begin_ + 1) {
            head_end_ = lf + 1;
            return Violation::none;
        }
        if (++fields_ > max_fields_) return Violation::too_many_fields;
        line_begin_ = scanned_ = lf + 1;
    }
}

}  // namespace errgate::http
