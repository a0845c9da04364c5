// Random request streams, sound and damaged, the same ones from the same seed.
#include "support/request_stream.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace errgate::test {
namespace {

using namespace std::string_view_literals;

// No HEAD: what follows a HEAD's answer could not be told from its body.
constexpr std::array kMethods = {"GET"sv, "POST"sv, "PUT"sv, "PATCH"sv, "DELETE"sv, "PURGE"sv};
constexpr std::array kTargets = {"/"sv,
                                 "/pay"sv,
                                 "/a%2Fb/;p?q=1&r=GET%20/"sv,
                                 "//double"sv,
                                 "http://pay.internal/absolute?x"sv,
                                 "/x?GET /inner HTTP/1.1"sv};
constexpr std::array kFieldLines = {
    "X-Note: GET /inner HTTP/1.1\r\n"sv,
    "Connection: keep-alive\r\n"sv,
    "Connection: X-Note, Content-Length\r\n"sv,
    "Keep-Alive: timeout=5\r\n"sv,
    "TE: trailers\r\n"sv,
    "Content_Length: 3\r\n"sv,
    "Expect: 100-continue\r\n"sv,
    "Upgrade: h2c\r\n"sv,
    "Trailer: Content-Length\r\n"sv,
    "X-Empty:\r\n"sv,
};

// What smugglers, and parsers of other people, make of framing.
constexpr std::array kHostile = {
    "Content-Length: 0\r\n"sv,
    "Content-Length: 5\r\n"sv,
    "Content-Length: +5\r\n"sv,
    "Content-Length: 5, 5\r\n"sv,
    "Content-Length:\r\n"sv,
    "Content-Length : 4\r\n"sv,
    "Content-Length: 18446744073709551621\r\n"sv,
    "Transfer-Encoding: chunked\r\n"sv,
    "Transfer-Encoding: identity, chunked\r\n"sv,
    "Transfer-Encoding:\x0b"
    "chunked\r\n"sv,
    "Transfer-Encoding : chunked\r\n"sv,
    "Transfer-Encoding:\r\n chunked\r\n"sv,
    "Transfer-Encoding: xchunked\r\n"sv,
    "Host: other\r\n"sv,
    "\r\n"sv,
    "\n"sv,
    "\r"sv,
    "\0"sv,
    "\r\n\r\n"sv,
    "\r\n0\r\n\r\n"sv,
    "0\r\n\r\n"sv,
    "ffffffffffffffff\r\n"sv,
    "5;a=\"\r\n\"\r\n"sv,
    "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"sv,
    "GET /smuggled HTTP/1.1\r\nX: "sv,
    " HTTP/1.0"sv,
    " HTTP/2.0"sv,
    "\t"sv,
    "\x80"sv,
};

constexpr std::string_view kBytes = "\r\n\t :;,0159afGPT/*#%\"\0\x7f\x80\xff"sv;

}  // namespace

std::string RequestStream::sound() {
    std::string text;
    const std::size_t count = 1 + pick(4);
    for (std::size_t i = 0; i < count; ++i)
        text += request(i);
    return text;
}

std::string RequestStream::damaged() {
    std::string text = sound();
    for (std::size_t changes = 1 + pick(3); changes > 0; --changes)
        damage(text);
    return text;
}

std::string RequestStream::request(std::size_t number) {
    std::string text(kMethods[pick(kMethods.size())]);
    // Most of the time the last target, which has spaces, is left out: it ends the stream.
    const std::size_t targets = pick(8) == 0 ? kTargets.size() : kTargets.size() - 1;
    text.append(" ").append(kTargets[pick(targets)]).append(" HTTP/1.1\r\nHost: pay.internal\r\n");
    for (std::size_t fields = pick(3); fields > 0; --fields)
        text += kFieldLines[pick(kFieldLines.size())];
    const std::string content = body(number);
    switch (pick(3)) {
        case 0:
            return text + "\r\n";
        case 1:
            return text + "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n" +
                   content;
        default:
            return text + "Transfer-Encoding: chunked\r\n\r\n" + chunks(content);
    }
}

std::string RequestStream::body(std::size_t number) {
    switch (pick(4)) {
        case 0:
            return {};
        case 1:
            return R"({"amount":1})";
        case 2:
            return "0\r\n\r\nGET /inner" + std::to_string(number) + " HTTP/1.1\r\nHost: a\r\n\r\n";
        default:
            return std::string(pick(5'000), 'x');
    }
}

std::string RequestStream::chunks(std::string_view body) {
    std::string text;
    while (!body.empty()) {
        const std::string_view data = body.substr(0, 1 + pick(body.size()));
        std::array<char, 24> size{};
        std::snprintf(size.data(), size.size(), "%zx", data.size());
        text.append(size.data());
        if (pick(4) == 0) text += ";ext=\"1\"";
        text.append("\r\n").append(data).append("\r\n");
        body.remove_prefix(data.size());
    }
    text += "0\r\n";
    if (pick(4) == 0) text += "X-Sum: 1\r\nContent-Length: 9\r\n";
    return text + "\r\n";
}

void RequestStream::damage(std::string& text) {
    if (text.empty()) return;
    const std::size_t at = pick(text.size());
    switch (pick(6)) {
        case 0:
            text[at] = kBytes[pick(kBytes.size())];
            break;
        case 1:
            text.insert(at, 1, kBytes[pick(kBytes.size())]);
            break;
        case 2:
            text.erase(at, 1 + pick(4));
            break;
        case 3:  // a piece of the stream in another place
            text.insert(at, text.substr(pick(text.size()), 1 + pick(40)));
            break;
        case 4:
            text.insert(at, kHostile[pick(kHostile.size())]);
            break;
        default: {  // a whole line more, where a line begins
            const std::size_t line = text.find('\n', at);
            if (line != std::string::npos) text.insert(line + 1, kHostile[pick(kHostile.size())]);
        }
    }
}

}  // namespace errgate::test
