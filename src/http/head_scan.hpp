// Finds the lines of a head that may still be arriving, and refuses early what can be refused
// early.
#pragma once

#include "http/violation.hpp"

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

}  // namespace errgate::http
