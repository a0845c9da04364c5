// Finds the lines of a head that may still be arriving, and refuses early what can be refused
// early.
#pragma once

#include "http/violation.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace errgate::http {

// All functions take everything read so far, from the same address, and may be called again with
// more. Each byte is looked at once. Holds positions, no bytes.
class HeadScan {
  public:
    enum class Kind { request, response };

    // Not found and no violation: more bytes are needed, or (of field lines) the head has ended.
    struct Line {
        bool found = false;
        Violation violation = Violation::none;
        std::string_view text;  // without its CRLF
    };

    HeadScan(Kind kind, std::size_t max_target_bytes, std::size_t max_fields)
        : kind_(kind), max_target_bytes_(max_target_bytes), max_fields_(max_fields) {}

    Line start_line(std::string_view buffer);
    bool start_found() const { return start_found_; }
    // Then the field lines, one a call, until head_end() is not 0.
    Line next_field_line(std::string_view buffer);
    std::size_t head_end() const { return head_end_; }  // where the body begins

  private:
    Violation skip_empty_lines(std::string_view buffer);
    Violation check_opening(std::string_view opening) const;
    Line next_line(std::string_view buffer);

    Kind kind_;
    std::size_t max_target_bytes_;
    std::size_t max_fields_;
    std::size_t line_begin_ = 0;
    std::size_t scanned_ = 0;  // no LF before this position that is not dealt with
    std::size_t fields_ = 0;
    std::size_t head_end_ = 0;
    bool start_found_ = false;
};

// Inline: once a field line, where the call would cost as much as the work.
inline HeadScan::Line HeadScan::next_line(std::string_view buffer) {
    const std::size_t lf = buffer.find('\n', std::max(scanned_, line_begin_));
    if (lf == std::string_view::npos) {
        scanned_ = buffer.size();
        return {};
    }
    if (lf == line_begin_ || buffer[lf - 1] != '\r') {
        return {.violation = Violation::bare_line_break, .text = {}};
    }
    const std::string_view text = buffer.substr(line_begin_, lf - 1 - line_begin_);
    line_begin_ = scanned_ = lf + 1;
    return {.found = true, .text = text};
}

inline HeadScan::Line HeadScan::next_field_line(std::string_view buffer) {
    if (line_begin_ < buffer.size() &&
        (buffer[line_begin_] == ' ' || buffer[line_begin_] == '\t')) {
        return {.violation = Violation::obsolete_line_folding, .text = {}};
    }
    const Line line = next_line(buffer);
    if (!line.found) return line;
    if (line.text.empty()) {
        head_end_ = line_begin_;
        return {};
    }
    if (++fields_ > max_fields_) return {.violation = Violation::too_many_fields, .text = {}};
    return line;
}

}  // namespace errgate::http
