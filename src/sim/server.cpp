#include "sim/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <thread>

namespace errgate::sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using Message = beast::http::request<beast::http::string_body>;
using Reply = beast::http::response<beast::http::string_body>;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

Response answer_message(const Provider& provider, const Message& message) {
    http::Fields fields;
    for (const auto& field : message.base()) {
        fields.push_back({field.name(), view(field.name_string()), view(field.value())});
    }
    const std::string_view target = view(message.target());
    return answer(provider, {view(message.method_string()), target.substr(0, target.find('?')),
                             fields, message.body()});
}

Reply make_reply(const Message& message, const Response& response) {
    Reply reply(static_cast<beast::http::status>(response.status), message.version());
    for (const auto& [name, value] : response.fields) {
        reply.insert(beast::string_view(name), beast::string_view(value));
    }
    reply.keep_alive(message.keep_alive());
    reply.body() = response.body;
    reply.prepare_payload();
    if (message.method() == beast::http::verb::head) reply.body().clear();
    return reply;
}

// The head with its full Content-Length, and half of the body: then the caller closes.
asio::awaitable<void> send_half(tcp::socket& socket, Reply& reply) {
    const std::size_t length = reply.body().size();
    reply.body().resize(length / 2);
    reply.content_length(length);
    co_await beast::http::async_write(socket, reply, kToken);
}

asio::awaitable<void> serve(tcp::socket socket, const Provider& provider) {
    beast::flat_buffer buffer;
    for (;;) {
        Message message;
        const auto [read_error, read_bytes] =
            co_await beast::http::async_read(socket, buffer, message, kToken);
        if (read_error) co_return;
        const Response response = answer_message(provider, message);
        if (response.delivery == Delivery::no_answer) co_return;
        Reply reply = make_reply(message, response);
        if (response.delivery == Delivery::cut_short) {
            co_await send_half(socket, reply);
            co_return;
        }
        const auto [write_error, written] =
            co_await beast::http::async_write(socket, reply, kToken);
        if (write_error || !reply.keep_alive()) co_return;
    }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, const Provider& provider) {
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(kToken);
        if (error == asio::error::operation_aborted) co_return;
        if (error) continue;
        beast::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), provider), asio::detached);
    }
}

// The part that exists while the server serves.
struct Running {
    explicit Running(const tcp::endpoint& endpoint) : acceptor(context, endpoint) {}
    ~Running() {
        context.stop();
        if (thread.joinable()) thread.join();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    asio::io_context context{1};
    tcp::acceptor acceptor;
    std::thread thread;
};

}  // namespace

struct Server::Impl {
    const Provider& provider;
    std::uint16_t port = 0;
    std::unique_ptr<Running> running;
};

Server::Server(const Provider& provider) : impl_(new Impl{provider, 0, nullptr}) {}

Server::~Server() = default;

std::string Server::listen(std::uint16_t port, const std::string& host) {
    std::unique_ptr<Running> running;
    try {
        running = std::make_unique<Running>(tcp::endpoint(asio::ip::make_address(host), port));
        impl_->port = running->acceptor.local_endpoint().port();
    } catch (const boost::system::system_error& error) {
        return "cannot listen on " + host + ':' + std::to_string(port) + ": " +
               error.code().message();
    }
    asio::co_spawn(running->context, accept_all(running->acceptor, impl_->provider),
                   asio::detached);
    running->thread = std::thread([context = &running->context] { context->run(); });
    impl_->running = std::move(running);
    return {};
}

std::uint16_t Server::port() const {
    return impl_->port;
}

void Server::stop() {
    impl_->running.reset();
}

}  // namespace errgate::sim
