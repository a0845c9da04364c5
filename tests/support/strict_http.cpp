// An HTTP/1.1 reader that forgives nothing, written apart from the product's own parser.
#include "support/strict_http.hpp"

#include <algorithm>
#include <charconv>
#include <strings.h>

namespace errgate::test {
namespace {

constexpr std::string_view kCrLf = "\r\n";

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool is_token(std::string_view text) {
    constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kOther.find(c) != std::string_view::npos;
    });
}

bool is_clean_value(std::string_view text) {
    if (!text.empty() && (text.front() == ' ' || text.back() == ' ')) return false;
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

bool is_visible(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
    });
}

std::optional<std::uint64_t> parse_number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
    return value;
}

std::string quote(std::string_view text) {
    return "'" + std::string(text) + "'";
}

// Empty when the line is a proper field line, which is then appended.
std::string parse_field(std::string_view line, Fields& fields) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return "field line without colon " + quote(line);
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (!is_token(name)) return "field name is no token " + quote(line);
    if (!is_clean_value(value)) return "unclean field value " + quote(line);
    fields.push_back({std::string(name), std::string(value)});
    return {};
}

// Splits off the head. Empty result without error: the blank line has not come yet.
struct Lines {
    std::string_view start;
    Fields fields;
    std::size_t size = 0;
    std::string error;
};

Lines split_head(std::string_view bytes) {
    Lines lines;
    const std::size_t end = bytes.find("\r\n\r\n");
    const std::string_view head = bytes.substr(0, end);
    const bool bare_lf = std::adjacent_find(head.begin(), head.end(), [](char a, char b) {
                             return a != '\r' && b == '\n';
                         }) != head.end();
    if (bare_lf || (!head.empty() && head.front() == '\n')) lines.error = "bare LF in a head";
    if (end == std::string_view::npos || !lines.error.empty()) return lines;
    lines.size = end + 4;
    std::string_view rest = bytes.substr(0, end + 2);
    const auto take = [&rest] {
        const std::size_t at = rest.find(kCrLf);
        const std::string_view line = rest.substr(0, at);
        rest.remove_prefix(at + 2);
        return line;
    };
    lines.start = take();
    while (!rest.empty() && lines.error.empty())
        lines.error = parse_field(take(), lines.fields);
    return lines;
}

// Content-Length and Transfer-Encoding, each at most once and never together.
std::string read_framing(MessageHead& head) {
    const auto lengths = all(head.fields, "Content-Length");
    const auto codings = all(head.fields, "Transfer-Encoding");
    if (lengths.size() + codings.size() > 1) return "more than one framing field";
    if (!codings.empty()) {
        if (codings[0] != "chunked") return "Transfer-Encoding is not chunked";
        head.body = BodyKind::chunked;
    }
    if (!lengths.empty()) {
        const auto length = parse_number(lengths[0], 10);
        if (!length) return "Content-Length " + quote(lengths[0]);
        head.length = *length;
        head.body = BodyKind::length;
    }
    return {};
}

std::string read_request_line(std::string_view line, MessageHead& head) {
    const std::size_t first_space = line.find(' ');
    const std::size_t last_space = line.rfind(' ');
    if (first_space == std::string_view::npos || first_space == last_space)
        return "request line " + quote(line);
    head.method = line.substr(0, first_space);
    head.target = line.substr(first_space + 1, last_space - first_space - 1);
    if (!is_token(head.method)) return "method " + quote(head.method);
    if (!is_visible(head.target)) return "target " + quote(head.target);
    if (line.substr(last_space + 1) != "HTTP/1.1") return "version in " + quote(line);
    return {};
}

std::string read_status_line(std::string_view line, MessageHead& head) {
    if (line.size() < 13 || line.substr(0, 9) != "HTTP/1.1 " || line[12] != ' ')
        return "status line " + quote(line);
    const auto status = parse_number(line.substr(9, 3), 10);
    if (!status || *status < 100 || *status > 599) return "status " + quote(line);
    head.status = static_cast<int>(*status);
    head.reason = line.substr(13);
    return {};
}

bool is_bodyless(int status, std::string_view method) {
    return method == "HEAD" || status < 200 || status == 204 || status == 304;
}

}  // namespace

std::string first(const Fields& fields, std::string_view name) {
    for (const Field& field : fields)
        if (same_name(field.name, name)) return field.value;
    return {};
}

std::vector<std::string> all(const Fields& fields, std::string_view name) {
    std::vector<std::string> values;
    for (const Field& field : fields)
        if (same_name(field.name, name)) values.push_back(field.value);
    return values;
}

bool has(const Fields& fields, std::string_view name) {
    return !all(fields, name).empty();
}

HeadResult parse_request_head(std::string_view bytes) {
    Lines lines = split_head(bytes);
    if (!lines.error.empty()) return {{}, lines.error};
    if (lines.size == 0) return {};
    MessageHead head;
    head.size = lines.size;
    head.fields = std::move(lines.fields);
    std::string error = read_request_line(lines.start, head);
    if (error.empty()) error = read_framing(head);
    if (error.empty() && all(head.fields, "Host").size() != 1) error = "not exactly one Host";
    if (!error.empty()) return {{}, error};
    return {std::move(head), {}};
}

HeadResult parse_response_head(std::string_view bytes, std::string_view request_method,
                               int client_version) {
    Lines lines = split_head(bytes);
    if (!lines.error.empty()) return {{}, lines.error};
    if (lines.size == 0) return {};
    MessageHead head;
    head.size = lines.size;
    head.fields = std::move(lines.fields);
    std::string error = read_status_line(lines.start, head);
    if (error.empty()) error = read_framing(head);
    if (error.empty() && head.body == BodyKind::chunked && client_version < 11)
        error = "chunked towards an HTTP/1.0 client";
    if (error.empty() && head.body != BodyKind::none && (head.status < 200 || head.status == 204))
        error = "framing field in a response that has no body";
    if (!error.empty()) return {{}, error};
    if (is_bodyless(head.status, request_method)) {
        head.body = BodyKind::none;
    } else if (head.body == BodyKind::none) {
        head.body = BodyKind::until_close;
    }
    return {std::move(head), {}};
}

BodyReader::BodyReader(BodyKind kind, std::uint64_t length)
    : kind_(kind), state_(State::data), left_(length) {
    if (kind == BodyKind::none || (kind == BodyKind::length && length == 0)) state_ = State::done;
    if (kind == BodyKind::chunked) state_ = State::chunk_size;
}

std::size_t BodyReader::fail(std::string why) {
    state_ = State::failed;
    error_ = std::move(why);
    return 0;
}

std::size_t BodyReader::feed(std::string_view bytes, std::string& body) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ != State::done && state_ != State::failed) {
        const std::string_view rest = bytes.substr(used);
        const bool in_data = state_ == State::data || state_ == State::chunk_data;
        used += in_data ? feed_data(rest, body) : feed_line(rest);
    }
    return used;
}

std::size_t BodyReader::feed_data(std::string_view bytes, std::string& body) {
    if (kind_ == BodyKind::until_close) {
        body += bytes;
        return bytes.size();
    }
    const std::size_t take = std::min<std::uint64_t>(left_, bytes.size());
    body += bytes.substr(0, take);
    left_ -= take;
    if (left_ == 0) state_ = state_ == State::data ? State::done : State::chunk_end;
    return take;
}

std::size_t BodyReader::feed_line(std::string_view bytes) {
    const std::size_t lf = bytes.find('\n');
    const std::size_t take = lf == std::string_view::npos ? bytes.size() : lf + 1;
    line_ += bytes.substr(0, take);
    if (line_.size() > 18) return fail("overlong chunk line " + quote(line_));
    if (lf != std::string_view::npos) end_line();
    return take;
}

void BodyReader::end_line() {
    if (line_.size() < 2 || line_[line_.size() - 2] != '\r') {
        fail("chunk line without CRLF");
        return;
    }
    const std::string_view text = std::string_view(line_).substr(0, line_.size() - 2);
    if (state_ == State::chunk_size) {
        const auto size = parse_number(text, 16);
        if (!size) {
            fail("chunk size " + quote(text));
            return;
        }
        left_ = *size;
        state_ = left_ == 0 ? State::last_end : State::chunk_data;
    } else if (!text.empty()) {
        fail("bytes where a chunk or the body should end: " + quote(text));
        return;
    } else {
        state_ = state_ == State::last_end ? State::done : State::chunk_size;
    }
    line_.clear();
}

bool BodyReader::finish() {
    if (kind_ == BodyKind::until_close) state_ = State::done;
    return done();
}

}  // namespace errgate::test
