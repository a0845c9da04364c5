// What a scripted provider does with one request: a list of steps, down to the single byte.
#include "support/script.hpp"

#include "support/pattern.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace errgate::test {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

// Reads and drops until the gateway hangs up.
bool swallow(Socket& socket) {
    std::string ignored;
    while (socket.read_some(ignored) == Socket::ReadStatus::data)
        ignored.clear();
    return false;
}

bool write_chunk(Socket& socket, std::string_view data) {
    char size[24];
    const int digits = std::snprintf(size, sizeof size, "%zx\r\n", data.size());
    return socket.write_all(std::string_view(size, static_cast<std::size_t>(digits))) &&
           socket.write_all(data) && socket.write_all("\r\n");
}

}  // namespace

Script::Script(std::string_view method, std::string_view target)
    : method_(method), target_(target) {}

bool Script::takes(std::string_view method, std::string_view target) const {
    return (method_.empty() || method_ == method) && (target_.empty() || target_ == target);
}

bool Script::run(Socket& socket, std::string_view method) const {
    return std::all_of(steps_.begin(), steps_.end(),
                       [&](const Step& step) { return step(socket, method); });
}

bool Script::run_after_body(Socket& socket, std::string_view method) const {
    return std::all_of(steps_after_body_.begin(), steps_after_body_.end(),
                       [&](const Step& step) { return step(socket, method); });
}

Script& Script::add(Step step) {
    (after_body_ ? steps_after_body_ : steps_).push_back(std::move(step));
    return *this;
}

Script& Script::reply(int status, Fields fields, std::string body) {
    return add([status, fields = std::move(fields), body = std::move(body)](
                   Socket& socket, std::string_view method) {
        return socket.write_all(format_response(status, fields, body, method));
    });
}

Script& Script::send(std::string raw) {
    return add(
        [raw = std::move(raw)](Socket& socket, std::string_view) { return socket.write_all(raw); });
}

Script& Script::drip(std::string raw, std::chrono::milliseconds pause) {
    return add([raw = std::move(raw), pause](Socket& socket, std::string_view) {
        return std::all_of(raw.begin(), raw.end(), [&](const char& byte) {
            return socket.write_all({&byte, 1}) && socket.rest(pause);
        });
    });
}

Script& Script::send_pattern(std::uint64_t size) {
    return add([size](Socket& socket, std::string_view) {
        for (std::uint64_t at = 0; at < size; at += kPiece)
            if (!socket.write_all(pattern(at, std::min<std::uint64_t>(kPiece, size - at))))
                return false;
        return true;
    });
}

Script& Script::send_pattern_chunks(std::uint64_t size, std::size_t chunk) {
    return add([size, chunk](Socket& socket, std::string_view) {
        for (std::uint64_t at = 0; at < size; at += chunk)
            if (!write_chunk(socket, pattern(at, std::min<std::uint64_t>(chunk, size - at))))
                return false;
        return socket.write_all("0\r\n\r\n");
    });
}

Script& Script::send_forever(std::string piece) {
    return add([piece = std::move(piece)](Socket& socket, std::string_view) {
        while (socket.write_all(piece)) {
        }
        return false;
    });
}

Script& Script::read(std::size_t bytes) {
    return add([bytes](Socket& socket, std::string_view) {
        std::string got;
        while (got.size() < bytes)
            if (socket.read_some(got) != Socket::ReadStatus::data) return false;
        return true;
    });
}

Script& Script::read_slowly(std::chrono::milliseconds pause) {
    return add([pause](Socket& socket, std::string_view) {
        std::string ignored;
        while (socket.read_some(ignored, kPatience, kPiece) == Socket::ReadStatus::data)
            if (!socket.rest(pause)) return false;
        return true;
    });
}

Script& Script::echo() {
    return add([](Socket& socket, std::string_view) {
        for (;;) {
            std::string bytes;
            const Socket::ReadStatus status = socket.read_some(bytes);
            if (status == Socket::ReadStatus::end) return true;
            if (status != Socket::ReadStatus::data || !socket.write_all(bytes)) return false;
        }
    });
}

Script& Script::wait(const Gate& gate) {
    return add([&gate](Socket& socket, std::string_view) { return socket.wait_for(gate); });
}

Script& Script::open(Gate& gate) {
    return add([&gate](Socket&, std::string_view) {
        gate.open();
        return true;
    });
}

Script& Script::finish_writing() {
    return add([](Socket& socket, std::string_view) {
        socket.finish_writing();
        return swallow(socket);
    });
}

Script& Script::cut_off() {
    return add([](Socket& socket, std::string_view) {
        socket.cut_off();
        return swallow(socket);
    });
}

Script& Script::close() {
    return add([](Socket&, std::string_view) { return false; });
}

Script& Script::reset() {
    return add([](Socket& socket, std::string_view) {
        socket.reset();
        return false;
    });
}

Script& Script::stay_silent() {
    return add([](Socket& socket, std::string_view) { return swallow(socket); });
}

Script& Script::before_body() {
    before_body_ = true;
    return *this;
}

Script& Script::after_body() {
    after_body_ = true;
    return *this;
}

std::string format_response(int status, const Fields& fields, std::string_view body,
                            std::string_view request_method) {
    std::string raw = "HTTP/1.1 " + std::to_string(status) + " As Scripted\r\n";
    for (const Field& field : fields)
        raw += field.name + ": " + field.value + "\r\n";
    const bool framed = has(fields, "Content-Length") || has(fields, "Transfer-Encoding");
    const bool bodyless = status < 200 || status == 204 || status == 304;
    if (!framed && !bodyless) raw += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    raw += "\r\n";
    if (!bodyless && request_method != "HEAD") raw += body;
    return raw;
}

}  // namespace errgate::test
