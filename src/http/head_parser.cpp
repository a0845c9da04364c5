// Drives Beast's basic_parser over a head that HeadScan has found the ends of.
#include "http/head_parser.hpp"

#include "http/head_scan.hpp"
#include "http/start_line.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <array>
#include <limits>
#include <optional>
#include <type_traits>

namespace errgate::http {
namespace {

namespace beast = boost::beast;
using beast::http::error;

// Takes Beast's events down as views. Bodies never reach it: it is fed heads only.
template <bool isRequest>
class HeadEvents final : public beast::http::basic_parser<isRequest> {
  public:
    using Head = std::conditional_t<isRequest, RequestHead, ResponseHead>;

    explicit HeadEvents(Head& head) : head_(head) {
        this->eager(false);
        this->body_limit(boost::none);
        // HeadScan keeps the limits; Beast's would count from wherever a call begins.
        this->header_limit(std::numeric_limits<std::uint32_t>::max());
    }

    // Feeds one piece; true when Beast took all of it and asks for more or is done with the head.
    bool feed(std::string_view piece, beast::error_code& ec) {
        const std::size_t taken = this->put({piece.data(), piece.size()}, ec);
        if (ec == error::need_more) ec = {};
        return !ec && taken == piece.size();
    }

  private:
    using Base = beast::http::basic_parser<isRequest>;
    using Text = beast::string_view;
    using Code = beast::error_code;

    void on_request_impl(Method method, Text method_text, Text target, int version,
                         Code&) override {
        if constexpr (isRequest) {
            head_.method = method;
            head_.method_text = method_text;
            head_.target = target;
            head_.version = version;
        }
    }
    void on_response_impl(int status, Text reason, int version, Code&) override {
        if constexpr (!isRequest) {
            head_.status = status;
            head_.reason = reason;
            head_.version = version;
        }
    }
    void on_field_impl(FieldName id, Text name, Text value, Code&) override {
        head_.fields.push_back({id, name, value});
    }
    void on_header_impl(Code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
    std::size_t on_body_impl(Text, Code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text, Code&) override { return 0; }
    void on_finish_impl(Code&) override {}

    Head& head_;
};

bool has(const Fields& fields, FieldName id) {
    return find(fields, id).data() != nullptr;
}

bool has_bare_cr(std::string_view text) {
    for (std::size_t at = 0; (at = text.find('\r', at)) != std::string_view::npos; ++at) {
        if (at + 1 == text.size() || text[at + 1] != '\n') return true;
    }
    return false;
}

// Why Beast refused the field lines. `seen` are those before the bad one.
Violation field_violation(const beast::error_code& ec, std::string_view lines, const Fields& seen) {
    constexpr Violation both = Violation::content_length_and_transfer_encoding;
    if (ec == error::bad_content_length || ec == error::multiple_content_length) {
        return has(seen, FieldName::transfer_encoding) ? both : Violation::invalid_content_length;
    }
    if (ec == error::bad_transfer_encoding) {
        return has(seen, FieldName::content_length) ? both : Violation::malformed_transfer_encoding;
    }
    return has_bare_cr(lines) ? Violation::bare_line_break : Violation::malformed_field;
}

template <bool isRequest>
class HeadParser {
  public:
    using Events = HeadEvents<isRequest>;
    typename Events::Head head;

    void reset(const HeadLimits& limits) {
        head.fields.clear();
        head.fields.reserve(limits.fields);
        if constexpr (isRequest) {
            head.method_text = head.target = {};
        } else {
            head.reason = {};
        }
        head_bytes_ = limits.head_bytes;
        result_ = {};
        scan_ = HeadScan(isRequest ? HeadScan::Kind::request : HeadScan::Kind::response,
                         limits.target_bytes, limits.fields);
        events_.emplace(head);
    }

    ParseResult feed(std::string_view buffer) {
        if (result_.status != ParseStatus::need_more) return result_;
        const std::string_view window = buffer.substr(0, head_bytes_);
        Violation violation = advance(window);
        if (violation == Violation::none && scan_.head_end() == 0 && window.size() == head_bytes_) {
            violation = Violation::head_too_large;
        }
        if (violation != Violation::none) {
            result_ = {ParseStatus::error, violation, 0};
        } else if (scan_.head_end() != 0) {
            result_ = {ParseStatus::complete, Violation::none, scan_.head_end()};
        }
        return result_;
    }

  private:
    Violation advance(std::string_view window) {
        if (scan_.start_end() == 0) {
            if (const Violation v = scan_.find_start_line(window); v != Violation::none) return v;
            if (scan_.start_end() == 0) return Violation::none;
            const std::size_t size = scan_.start_end() - scan_.start_begin();
            const Violation v = take_start_line(window.substr(scan_.start_begin(), size));
            if (v != Violation::none) return v;
        }
        if (const Violation v = scan_.find_head_end(window); v != Violation::none) return v;
        if (scan_.head_end() == 0) return Violation::none;
        const std::size_t size = scan_.head_end() - scan_.start_end();
        return take_fields(window.substr(scan_.start_end(), size));
    }

    Violation take_start_line(std::string_view line) {
        beast::error_code ec;
        if constexpr (isRequest) {
            return events_->feed(line, ec) ? Violation::none : request_line_violation(line);
        } else {
            std::array<char, kFullStatusLine> full;
            const bool bare = is_bare_status_line(line);
            const bool taken = events_->feed(bare ? complete_status_line(line, full) : line, ec);
            if (bare) head.reason = {};  // it points into `full`
            return taken ? Violation::none : status_line_violation(line);
        }
    }

    Violation take_fields(std::string_view lines) {
        beast::error_code ec;
        if (events_->feed(lines, ec) && events_->is_header_done()) return Violation::none;
        return field_violation(ec, lines, head.fields);
    }

    std::size_t head_bytes_ = 0;
    ParseResult result_;
    HeadScan scan_{HeadScan::Kind::request, 0, 0};
    std::optional<Events> events_;
};

}  // namespace

struct RequestParser::Impl : HeadParser<true> {};
struct ResponseParser::Impl : HeadParser<false> {};

RequestParser::RequestParser() : impl_(std::make_unique<Impl>()) {
    reset({});
}
RequestParser::~RequestParser() = default;
void RequestParser::reset(const HeadLimits& limits) {
    impl_->reset(limits);
}
ParseResult RequestParser::feed(std::string_view buffer) {
    return impl_->feed(buffer);
}
const RequestHead& RequestParser::head() const {
    return impl_->head;
}

ResponseParser::ResponseParser() : impl_(std::make_unique<Impl>()) {
    reset({});
}
ResponseParser::~ResponseParser() = default;
void ResponseParser::reset(const HeadLimits& limits) {
    impl_->reset(limits);
}
ParseResult ResponseParser::feed(std::string_view buffer) {
    return impl_->feed(buffer);
}
const ResponseHead& ResponseParser::head() const {
    return impl_->head;
}

}  // namespace errgate::http
