// Finds where the start line and the head end, and refuses early what Beast sees late or never.
#pragma once

#include "http/violation.hpp"

#include <cstddef>
#include <string_view>

namespace errgate::http {

// Beast, given a head in pieces, sees an error sooner or later depending on how the bytes were
// split, and joins folded lines. This scan walks the lines first, each byte once, so that Beast is
// given the start line and the fields each in one piece: the verdict then depends on the bytes
// alone. Both functions take everything read so far, from the same address, and may be called
// again with more. Holds positions, no bytes.
class HeadScan {
  public:
    enum class Kind { request, response };

    HeadScan(Kind kind, std::size_t max_target_bytes, std::size_t max_fields)
        : kind_(kind), max_target_bytes_(max_target_bytes), max_fields_(max_fields) {}

    // Looks for the end of the start line. It is found once start_end() is not 0.
    Violation find_start_line(std::string_view buffer);
    // Then looks for the empty line. It is found once head_end() is not 0.
    Violation find_head_end(std::string_view buffer);

    std::size_t start_begin() const { return start_begin_; }
    std::size_t start_end() const { return start_end_; }  // behind its CRLF
    std::size_t head_end() const { return head_end_; }    // where the body begins

  private:
    Violation skip_empty_lines(std::string_view buffer);
    Violation check_opening(std::string_view opening) const;

    Kind kind_;
    std::size_t max_target_bytes_;
    std::size_t max_fields_;
    std::size_t start_begin_ = 0;
    std::size_t start_end_ = 0;
    std::size_t head_end_ = 0;
    std::size_t line_begin_ = 0;
    std::size_t scanned_ = 0;  // no LF before this position that is not dealt with
    std::size_t fields_ = 0;
};

}  // namespace errgate::http
