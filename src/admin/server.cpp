// The admin listener: accepting, limits, and one coroutine a connection.
#include "admin/server.hpp"

#include "admin/page.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <exception>
#include <list>
#include <optional>
#include <sstream>

namespace errgate::admin {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

using RequestParser = http::request_parser<http::string_body>;
using Message = http::request<http::string_body>;

constexpr std::chrono::milliseconds kAcceptRetry{100};  // after EMFILE and its kin
constexpr std::chrono::milliseconds kLinger{1'000};

void log_failure(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        telemetry::log(std::string("admin: ") + error.what());
    }
}

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

beast::string_view boost_view(std::string_view text) {
    return {text.data(), text.size()};
}

// A body's framing is where two parsers disagree; nobody here needs one twice on a connection.
bool may_keep_alive(const Message& request) {
    return request.keep_alive() && request.count(http::field::content_length) == 0 &&
           request.count(http::field::transfer_encoding) == 0;
}

// The answer to a request that could not be read; none when there is nobody to tell.
std::optional<Answer> refusal(const beast::error_code& error) {
    if (error == http::error::header_limit) return error_answer(431, "request head too large");
    if (error == http::error::body_limit) return error_answer(413, "request body too large");
    if (error == http::error::end_of_stream || error == http::error::partial_message) return {};
    if (error.category() == make_error_code(http::error::bad_method).category()) {
        return error_answer(400, "not an HTTP/1.1 request");
    }
    return {};
}

Request request_of(const Message& message) {
    return {.method = view(message.method_string()),
            .target = view(message.target()),
            .accept = view(message[http::field::accept]),
            .if_match = view(message[http::field::if_match]),
            .if_none_match = view(message[http::field::if_none_match])};
}

Caller caller_of(const Message& message) {
    return {.host_fields = message.count(http::field::host),
            .host = view(message[http::field::host]),
            .version = message.version(),
            .authorization = view(message[http::field::authorization]),
            .origin = view(message[http::field::origin]),
            .sec_fetch_site = view(message["Sec-Fetch-Site"])};
}

// Waits for the verdict without holding up anybody else.
asio::awaitable<Answer> reload(const Endpoints& endpoints, std::string if_match) {
    const auto start = [](auto handler, const Reload& begin, std::string condition) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        begin({std::move(condition)},
              [waiting](ReloadResult result) { (*waiting)(std::move(result)); });
    };
    const ReloadResult result =
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void(ReloadResult)>(
            start, asio::use_awaitable, std::cref(endpoints.reload), std::move(if_match));
    co_return reload_answer(result);
}

asio::awaitable<Answer> answer_request(const Message& message, const Endpoints& endpoints,
                                       const Access& access) {
    const Request request = request_of(message);
    std::optional<Answer> refused = refuse(request, caller_of(message), access);
    if (refused) co_return std::move(*refused);
    if (!is_reload(request)) co_return answer(request, endpoints);
    if (!endpoints.reload) co_return error_answer(409, "there is no file to reload from");
    co_return co_await reload(endpoints, std::string(request.if_match));
}

http::response<http::string_body> make_response(Answer answer, unsigned version, bool keep_alive) {
    http::response<http::string_body> response(http::int_to_status(answer.status), version);
    response.set(http::field::content_type, boost_view(answer.content_type));
    if (answer.page) {
        for (const auto& [name, value] : page_fields())
            response.set(boost_view(name), boost_view(value));
    } else {
        response.set(http::field::cache_control, "no-store");
    }
    response.set("X-Content-Type-Options", "nosniff");
    if (!answer.allow.empty()) {
        response.set(http::field::allow, boost_view(answer.allow));
    }
    if (!answer.etag.empty()) response.set(http::field::etag, answer.etag);
    if (answer.challenge) response.set(http::field::www_authenticate, "Bearer realm=\"errgate\"");
    response.keep_alive(keep_alive);
    response.body() = std::move(answer.body);
    response.prepare_payload();
    // A length here would be that of the body that was not sent (RFC 9110 8.6).
    if (response.result() == http::status::not_modified)
        response.erase(http::field::content_length);
    return response;
}

}  // namespace

struct AdminServer::Impl : std::enable_shared_from_this<Impl> {
    Impl(asio::io_context& context, Endpoints callbacks, ServerOptions limits)
        : io(context), endpoints(std::move(callbacks)), options(std::move(limits)) {}

    asio::awaitable<void> accept_loop(std::shared_ptr<tcp::acceptor> from);
    asio::awaitable<void> serve(beast::tcp_stream& stream);
    asio::awaitable<void> linger(beast::tcp_stream& stream);
    asio::awaitable<bool> serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer);
    asio::awaitable<void> send(beast::tcp_stream& stream,
                               http::response<http::string_body> response, bool head_only);
    void start_session(tcp::socket socket);

    asio::io_context& io;
    std::shared_ptr<tcp::acceptor> acceptor;  // null until listen()
    Endpoints endpoints;
    ServerOptions options;
    std::list<beast::tcp_stream> sessions;  // so that stop() can close them
    bool stopped = false;
};

asio::awaitable<void> AdminServer::Impl::accept_loop(std::shared_ptr<tcp::acceptor> from) {
    asio::steady_timer pause(io);
    while (from->is_open()) {
        boost::system::error_code error;
        tcp::socket socket =
            co_await from->async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (stopped) co_return;
        if (!error) {
            start_session(std::move(socket));
            continue;
        }
        pause.expires_after(kAcceptRetry);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void AdminServer::Impl::start_session(tcp::socket socket) {
    if (sessions.size() >= options.max_connections) return;  // closes the socket
    sessions.emplace_front(std::move(socket));
    asio::co_spawn(
        io, serve(sessions.front()),
        [self = shared_from_this(), session = sessions.begin()](const std::exception_ptr& failure) {
            self->sessions.erase(session);
            log_failure(failure);
        });
}

asio::awaitable<void> AdminServer::Impl::serve(beast::tcp_stream& stream) {
    beast::flat_buffer buffer(options.max_head_bytes + options.max_body_bytes);
    while (!stopped && co_await serve_one(stream, buffer)) {
    }
    co_await linger(stream);
}

// Says that nothing more comes, and takes in what the client is still sending: closing with unread
// bytes would reset the connection and could destroy the answer on its way (RFC 9112 9.6).
asio::awaitable<void> AdminServer::Impl::linger(beast::tcp_stream& stream) {
    boost::system::error_code error;
    stream.socket().shutdown(tcp::socket::shutdown_send, error);
    stream.expires_after(kLinger);
    std::array<char, 4096> discarded;
    while (!error) {
        co_await stream.async_read_some(asio::buffer(discarded),
                                        asio::redirect_error(asio::use_awaitable, error));
    }
}

// True: the connection may carry another request.
asio::awaitable<bool> AdminServer::Impl::serve_one(beast::tcp_stream& stream,
                                                   beast::flat_buffer& buffer) {
    RequestParser parser;
    parser.header_limit(options.max_head_bytes);
    parser.body_limit(options.max_body_bytes);
    stream.expires_after(options.request_timeout);
    beast::error_code error;
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) {
        std::optional<Answer> refused = refusal(error);
        if (refused) co_await send(stream, make_response(std::move(*refused), 11, false), false);
        co_return false;
    }
    const Message& request = parser.get();
    const bool keep_alive = may_keep_alive(request);
    Answer answer = co_await answer_request(request, endpoints, options.access);
    stream.expires_after(options.request_timeout);
    co_await send(stream, make_response(std::move(answer), request.version(), keep_alive),
                  request.method() == http::verb::head);
    co_return keep_alive;
}

// A failure to send shows at the next read.
asio::awaitable<void> AdminServer::Impl::send(beast::tcp_stream& stream,
                                              http::response<http::string_body> response,
                                              bool head_only) {
    http::response_serializer<http::string_body> serializer(response);
    boost::system::error_code error;
    if (head_only) {
        co_await http::async_write_header(stream, serializer,
                                          asio::redirect_error(asio::use_awaitable, error));
    } else {
        co_await http::async_write(stream, serializer,
                                   asio::redirect_error(asio::use_awaitable, error));
    }
}

AdminServer::AdminServer(asio::io_context& io, Endpoints endpoints, ServerOptions options)
    : impl_(std::make_shared<Impl>(io, std::move(endpoints), std::move(options))) {}

AdminServer::~AdminServer() {
    stop();
}

std::string AdminServer::listen(const std::string& host, std::uint16_t port) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    const tcp::endpoint endpoint(address, port);
    auto acceptor = std::make_shared<tcp::acceptor>(impl_->io);
    if (!error) acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        const bool ipv6 = host.find(':') != std::string::npos;
        return "cannot listen on " + (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port) +
               " (admin): " + error.message();
    }
    std::swap(impl_->acceptor, acceptor);
    boost::system::error_code ignored;
    if (acceptor) acceptor->close(ignored);
    asio::co_spawn(impl_->io, impl_->accept_loop(impl_->acceptor),
                   [self = impl_](const std::exception_ptr& failure) { log_failure(failure); });
    return {};
}

void AdminServer::set_access(Access access) {
    impl_->options.access = std::move(access);
}

std::string AdminServer::address() const {
    boost::system::error_code error;
    if (!impl_->acceptor) return {};
    const tcp::endpoint endpoint = impl_->acceptor->local_endpoint(error);
    if (error) return {};
    std::ostringstream text;
    text << endpoint;
    return std::move(text).str();
}

std::uint16_t AdminServer::port() const {
    boost::system::error_code error;
    return impl_->acceptor ? impl_->acceptor->local_endpoint(error).port() : std::uint16_t{0};
}

void AdminServer::stop() {
    impl_->stopped = true;
    boost::system::error_code ignored;
    if (impl_->acceptor) impl_->acceptor->close(ignored);
    for (beast::tcp_stream& session : impl_->sessions)
        session.close();
}

}  // namespace errgate::admin
