// The application's side: one connection to the gateway, from raw bytes to checked responses.
#include "support/client.hpp"

#include "support/pattern.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace errgate::test {

nlohmann::json Response::json() const {
    return nlohmann::json::parse(body, nullptr, false);
}

Client::Client(std::uint16_t port) : socket_(Socket::connect_to(port)) {
    if (!socket_.open()) ADD_FAILURE() << "cannot connect to port " << port;
}

bool Client::send(std::string_view raw) {
    return socket_.write_all(raw);
}

bool Client::fill(Response& response) {
    switch (socket_.read_some(pending_)) {
        case Socket::ReadStatus::data:
            return true;
        case Socket::ReadStatus::end:
            response.error = "connection closed";
            return false;
        case Socket::ReadStatus::reset:
            response.error = "connection reset";
            return false;
        default:
            response.error = "nothing came for too long";
            return false;
    }
}

Response Client::read(const ReadOptions& options) {
    Response response;
    if (!socket_.open()) {
        response.error = "not connected";
        return response;
    }
    for (;;) {
        HeadResult result = parse_response_head(pending_, options.method, options.version);
        if (!result.error.empty()) {
            ADD_FAILURE() << "the gateway sent a malformed head: " << result.error << "\n"
                          << pending_;
            response.error = "malformed: " + result.error;
            return response;
        }
        if (!result.head) {
            if (!fill(response)) return response;
            continue;
        }
        pending_.erase(0, result.head->size);
        if (result.head->status < 200 && !options.stop_after_interim) {
            response.interim.push_back(std::move(*result.head));
            continue;
        }
        read_body(options, *result.head, response);
        return response;
    }
}

void Client::read_body(const ReadOptions& options, const MessageHead& head, Response& response) {
    response.status = head.status;
    response.reason = head.reason;
    response.fields = head.fields;
    response.framing = head.body;
    BodyReader reader(head.body, head.length);
    for (;;) {
        std::string decoded;
        pending_.erase(0, reader.feed(pending_, decoded));
        if (!reader.error().empty()) {
            ADD_FAILURE() << "the gateway sent a malformed body: " << reader.error();
            response.error = "malformed: " + reader.error();
            return;
        }
        if (options.pattern_body && !matches_pattern(response.body_size, decoded)) {
            response.error = "body differs after byte " + std::to_string(response.body_size);
            return;
        }
        response.body_size += decoded.size();
        if (!options.pattern_body) response.body += decoded;
        if (reader.done()) break;
        if (!fill(response)) {
            if (response.error != "connection closed" || !reader.finish()) return;
            response.error.clear();
            break;
        }
    }
    response.complete = true;
}

bool Client::wait_for_head() {
    Response ignored;
    while (pending_.find("\r\n\r\n") == std::string::npos)
        if (!fill(ignored)) return false;
    return true;
}

Response Client::request(std::string_view method, std::string_view target, const Fields& fields,
                         std::string_view body) {
    send(format_request(method, target, fields, body));
    ReadOptions options;
    options.method = method;
    return read(options);
}

Response Client::get(std::string_view target, const Fields& fields) {
    return request("GET", target, fields);
}

Response Client::post(std::string_view target, std::string_view body, const Fields& fields) {
    return request("POST", target, fields, body);
}

bool Client::closed_by_peer() {
    if (!pending_.empty()) {
        ADD_FAILURE() << "bytes after the last response: " << pending_;
        return false;
    }
    const Socket::ReadStatus status = socket_.read_some(pending_);
    return status == Socket::ReadStatus::end || status == Socket::ReadStatus::reset;
}

std::string Client::read_bytes(std::size_t count) {
    Response ignored;
    while (pending_.size() < count && fill(ignored)) {
    }
    std::string bytes = pending_.substr(0, count);
    pending_.erase(0, count);
    return bytes;
}

std::string Client::read_to_end() {
    while (socket_.read_some(pending_) == Socket::ReadStatus::data) {
    }
    return std::exchange(pending_, {});
}

std::string format_request(std::string_view method, std::string_view target, const Fields& fields,
                           std::string_view body) {
    std::string raw;
    raw.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
    if (!has(fields, "Host")) raw += "Host: pay.internal\r\n";
    for (const Field& field : fields)
        raw += field.name + ": " + field.value + "\r\n";
    const bool framed = has(fields, "Content-Length") || has(fields, "Transfer-Encoding");
    if (!framed && (!body.empty() || method == "POST"))
        raw += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return raw.append("\r\n").append(body);
}

}  // namespace errgate::test
