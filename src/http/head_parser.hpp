// Incremental head parsing into views: line by line, each byte once, nothing copied.
#pragma once

#include "http/head.hpp"
#include "http/head_scan.hpp"
#include "http/violation.hpp"

#include <cstddef>
#include <string_view>

namespace errgate::http {

struct HeadLimits {
    std::size_t head_bytes = 32 * 1024;
    std::size_t fields = 100;
    std::size_t target_bytes = 8 * 1024;
};

enum class ParseStatus { need_more, complete, error };

struct ParseResult {
    ParseStatus status = ParseStatus::need_more;
    Violation violation = Violation::none;  // set when status is error
    std::size_t head_bytes = 0;  // set when complete: where the body begins in the buffer
};

// Usage: reset(), then feed() with the *whole* buffer read so far (same address, only longer) until
// the result is not need_more. The head's views point into that buffer, which must stay put while
// they are used. Allocates only while its field list grows for the first time. One thread.
// Syntax only; framing.hpp decides what the fields mean. The verdict depends on the bytes alone,
// not on how they were split over the calls. Stricter than RFC 9112 on purpose: folded lines, bare
// CR or LF, whitespace before the colon (which 5.1 lets a proxy strip from responses) are refused.
// Up to four empty lines before a request are skipped (2.2).
//
// Beast's basic_parser did this first. It takes two and a half times the instructions of a whole
// head, and accepts or joins what must be refused; the tests still hold the two against each other.
template <class Head>
class HeadParser {
  public:
    HeadParser() { reset({}); }

    void reset(const HeadLimits& limits);
    ParseResult feed(std::string_view buffer);
    const Head& head() const { return head_; }

  private:
    Violation advance(std::string_view window);

    Head head_;
    std::size_t head_bytes_ = 0;
    ParseResult result_;
    HeadScan scan_{HeadScan::Kind::request, 0, 0};
};

using RequestParser = HeadParser<RequestHead>;
using ResponseParser = HeadParser<ResponseHead>;

extern template class HeadParser<RequestHead>;
extern template class HeadParser<ResponseHead>;

}  // namespace errgate::http
