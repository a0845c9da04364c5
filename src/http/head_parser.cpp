// HeadScan finds the lines, start_line and field_line take them apart.
#include "http/head_parser.hpp"

#include "http/field_line.hpp"
#include "http/start_line.hpp"

namespace errgate::http {
namespace {

HeadScan::Kind kind_of(const RequestHead&) {
    return HeadScan::Kind::request;
}
HeadScan::Kind kind_of(const ResponseHead&) {
    return HeadScan::Kind::response;
}

void forget_texts(RequestHead& head) {
    head.method_text = head.target = {};
}
void forget_texts(ResponseHead& head) {
    head.reason = {};
}

Violation take_start_line(std::string_view line, RequestHead& head) {
    return take_request_line(line, head);
}
Violation take_start_line(std::string_view line, ResponseHead& head) {
    return take_status_line(line, head);
}

}  // namespace

template <class Head>
void HeadParser<Head>::reset(const HeadLimits& limits) {
    head_.fields.clear();
    head_.fields.reserve(limits.fields);
    forget_texts(head_);
    head_bytes_ = limits.head_bytes;
    result_ = {};
    scan_ = HeadScan(kind_of(head_), limits.target_bytes, limits.fields);
}

template <class Head>
ParseResult HeadParser<Head>::feed(std::string_view buffer) {
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

template <class Head>
Violation HeadParser<Head>::advance(std::string_view window) {
    if (!scan_.start_found()) {
        const HeadScan::Line start = scan_.start_line(window);
        if (!start.found) return start.violation;
        const Violation v = take_start_line(start.text, head_);
        if (v != Violation::none) return v;
    }
    for (;;) {
        const HeadScan::Line line = scan_.next_field_line(window);
        if (!line.found) return line.violation;
        const Violation v = take_field_line(line.text, head_.fields);
        if (v != Violation::none) return v;
    }
}

template class HeadParser<RequestHead>;
template class HeadParser<ResponseHead>;

}  // namespace errgate::http
