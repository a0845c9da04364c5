#include "sim/client.hpp"

#include "http/head.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace errgate::sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Message = beast::http::request<beast::http::string_body>;
using Reply = beast::http::response<beast::http::string_body>;

Message make_message(std::uint16_t port, const ClientRequest& request) {
    Message message;
    message.version(11);
    message.method_string(request.method);
    message.target(request.target);
    const bool v6 = request.host.find(':') != std::string::npos;
    message.set(beast::http::field::host,
                (v6 ? '[' + request.host + ']' : request.host) + ':' + std::to_string(port));
    message.set(beast::http::field::connection, "close");
    for (const auto& [name, value] : request.fields) {
        message.insert(beast::string_view(name), beast::string_view(value));
    }
    message.body() = request.body;
    message.prepare_payload();
    return message;
}

ClientResponse from_reply(Reply&& reply) {
    ClientResponse response;
    response.status = static_cast<int>(reply.result_int());
    for (const auto& field : reply.base()) {
        response.fields.emplace_back(field.name_string(), field.value());
    }
    response.body = std::move(reply.body());
    return response;
}

ClientResponse failed(const std::string& step, const beast::error_code& error) {
    ClientResponse response;
    response.error = step + ": " + error.message();
    return response;
}

// Runs one asynchronous step to its end: stream timeouts only work on asynchronous operations.
template <class Start>
beast::error_code run_step(asio::io_context& context, Start start) {
    beast::error_code result;
    start([&result](beast::error_code error, auto&&...) { result = error; });
    context.restart();
    context.run();
    return result;
}

}  // namespace

std::string_view ClientResponse::field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
        if (http::iequals(key, name)) return value;
    }
    return {};
}

ClientResponse fetch(std::uint16_t port, const ClientRequest& request,
                     std::chrono::milliseconds timeout) {
    asio::io_context context{1};
    beast::tcp_stream stream(context);
    beast::error_code not_an_address;
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(request.host, not_an_address),
                                           port);
    if (not_an_address) return failed("address", not_an_address);

    stream.expires_after(timeout);
    if (const auto error = run_step(
            context, [&](auto done) { stream.async_connect(endpoint, std::move(done)); })) {
        return failed("connect", error);
    }
    Message message = make_message(port, request);
    stream.expires_after(timeout);
    if (const auto error = run_step(context, [&](auto done) {
            beast::http::async_write(stream, message, std::move(done));
        })) {
        return failed("write", error);
    }
    beast::flat_buffer buffer;
    beast::http::response_parser<beast::http::string_body> parser;
    parser.skip(message.method() == beast::http::verb::head);
    stream.expires_after(timeout);
    if (const auto error = run_step(context, [&](auto done) {
            beast::http::async_read(stream, buffer, parser, std::move(done));
        })) {
        return failed("read", error);
    }
    return from_reply(parser.release());
}

}  // namespace errgate::sim
