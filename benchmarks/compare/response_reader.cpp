// Follows one HTTP/1.1 response: where its head ends, how its body is framed, when it is complete.

#include "response_reader.hpp"

#include "sockets.hpp"

#include <algorithm>
#include <charconv>
#include <strings.h>

namespace compare {

namespace {

bool same_text(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           ::strncasecmp(left.data(), right.data(), left.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

std::uint64_t number(std::string_view digits, int base) {
    std::uint64_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (result.ec != std::errc{}) die("not a number in a response: '" + std::string(digits) + "'");
    return value;
}

}  // namespace

bool ResponseReader::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        switch (phase_) {
            case Phase::head:
                read_head(bytes);
                break;
            case Phase::length:
            case Phase::chunk_data:
                skip_body(bytes);
                break;
            case Phase::chunk_size:
                if (take_line(bytes)) read_chunk_size();
                break;
            case Phase::chunk_end:
                if (take_line(bytes)) phase_ = Phase::chunk_size;
                break;
            case Phase::trailer:
                if (take_line(bytes) && partial_ == "\r\n") phase_ = Phase::complete;
                break;
            case Phase::complete:
                die("bytes behind the end of a response: '" + std::string(bytes.substr(0, 80)) +
                    "'");
        }
    }
    return phase_ == Phase::complete;
}

void ResponseReader::read_head(std::string_view& bytes) {
    constexpr std::string_view kEnd = "\r\n\r\n";
    if (partial_.empty()) {
        if (const std::size_t end = bytes.find(kEnd); end != std::string_view::npos) {
            understand(bytes.substr(0, end + 2));
            bytes.remove_prefix(end + kEnd.size());
            return;
        }
    }
    const std::size_t had = partial_.size();
    partial_.append(bytes);
    const std::size_t end = partial_.find(kEnd, had < 3 ? 0 : had - 3);
    if (end == std::string::npos) return bytes.remove_prefix(bytes.size());
    bytes.remove_prefix(end + kEnd.size() - had);
    const std::string head = partial_.substr(0, end + 2);
    partial_.clear();
    understand(head);
}

void ResponseReader::understand(std::string_view head) {
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 14) {
        die("not an HTTP/1.1 response: '" + std::string(head.substr(0, 80)) + "'");
    }
    status_ = static_cast<int>(number(head.substr(9, 3), 10));
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
        const std::size_t end = head.find("\r\n", at);
        understand_field(head.substr(at, end - at));
        at = end + 2;
    }
    if (!framed_) die("a response without Content-Length or chunked framing");
    if (phase_ == Phase::head) phase_ = remaining_ == 0 ? Phase::complete : Phase::length;
}

void ResponseReader::understand_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) die("a field without a colon in a response");
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (same_text(name, "content-length")) {
        remaining_ = number(value, 10);
        framed_ = true;
    } else if (same_text(name, "transfer-encoding") && same_text(value, "chunked")) {
        phase_ = Phase::chunk_size;
        framed_ = true;
    }
}

void ResponseReader::skip_body(std::string_view& bytes) {
    const std::size_t taken = std::min<std::uint64_t>(remaining_, bytes.size());
    bytes.remove_prefix(taken);
    body_bytes_ += taken;
    remaining_ -= taken;
    if (remaining_ == 0) phase_ = phase_ == Phase::length ? Phase::complete : Phase::chunk_end;
}

// Gives true when a line is complete; it is then in partial_, which the next line overwrites.
bool ResponseReader::take_line(std::string_view& bytes) {
    if (partial_.ends_with('\n')) partial_.clear();
    const std::size_t newline = bytes.find('\n');
    const std::size_t taken = newline == std::string_view::npos ? bytes.size() : newline + 1;
    partial_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    return newline != std::string_view::npos;
}

void ResponseReader::read_chunk_size() {
    remaining_ = number(partial_, 16);
    phase_ = remaining_ == 0 ? Phase::trailer : Phase::chunk_data;
}

}  // namespace compare
