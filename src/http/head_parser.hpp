// Incremental head parsing: Beast's basic_parser, made to keep views and to refuse what it wrongly
// accepts.
#pragma once

#include "http/head.hpp"
#include "http/violation.hpp"

#include <cstddef>
#include <memory>
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
// Up to four empty lines before a request are skipped (2.2); a status line that ends right behind
// the code is taken, because servers in use send it.
class RequestParser {
  public:
    RequestParser();
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    void reset(const HeadLimits& limits);
    ParseResult feed(std::string_view buffer);
    const RequestHead& head() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class ResponseParser {
  public:
    ResponseParser();
    ~ResponseParser();
    ResponseParser(const ResponseParser&) = delete;
    ResponseParser& operator=(const ResponseParser&) = delete;

    void reset(const HeadLimits& limits);
    ParseResult feed(std::string_view buffer);
    const ResponseHead& head() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace errgate::http
