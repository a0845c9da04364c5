// The only place that spells Asio types: executor, socket, awaitable and the completion token.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace errgate::proxy {

namespace asio = boost::asio;
using boost::system::error_code;

// A concrete executor everywhere: any_io_executor costs 0.5 us a request, and a strand inside it
// does not fit its small buffer (108 allocations a request instead of 22).
using IoContext = asio::io_context;
using Executor = IoContext::executor_type;
using Tcp = asio::ip::tcp;
using Endpoint = Tcp::endpoint;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

template <class T = void>
using Awaitable = asio::awaitable<T, Executor>;

// Results as tuples: a peer that disconnects is normal, not an exception. A deferred operation that
// is awaited starts in the awaiting coroutine; use_awaitable would give each a coroutine of its
// own.
inline constexpr asio::as_tuple_t<asio::deferred_t> kAwait{};

}  // namespace errgate::proxy
