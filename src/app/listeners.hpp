// The listening sockets for clients: opened before a configuration is used, closed after.
#pragma once

#include "config/snapshot.hpp"
#include "proxy/client_acceptor.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace errgate::app {

// All functions belong to the control thread, or to any while nobody runs it.
class Listeners {
  public:
    // `inherited`: sockets that listen already; each is used for the listener of its address.
    Listeners(proxy::IoContext& control, std::vector<int> inherited);
    ~Listeners();
    Listeners(const Listeners&) = delete;
    Listeners& operator=(const Listeners&) = delete;

    // Opens those of `wanted` that are not open yet; nobody is served by them so far. Empty: all is
    // well; else one line, and everything is as before.
    std::string prepare(const std::vector<config::Listener>& wanted);
    void rollback() { prepared_ = current_; }  // closes what was prepared
    // What was prepared serves clients from now on, with the certificates it was prepared with;
    // what it has no place for is closed, once it has taken in who waits at its door.
    void commit(std::span<const std::unique_ptr<proxy::Worker>> workers, std::size_t limit);
    void stop();  // all of them, likewise

    // With their real ports, in the order they were asked for: those prepared last.
    std::vector<config::Listener> current() const;

  private:
    struct Listener {
        Listener(const config::ListenAddress& address, proxy::ClientAcceptor opened)
            : asked(address), acceptor(std::move(opened)) {}
        config::ListenAddress asked;
        proxy::ClientAcceptor acceptor;
        std::shared_ptr<const tls::ServerContext> next_tls{};  // of what was prepared last
    };
    using List = std::vector<std::shared_ptr<Listener>>;

    std::shared_ptr<Listener> open(const config::ListenAddress& address, std::string& error);
    int inherited_at(const config::ListenAddress& address);

    proxy::IoContext& control_;
    std::vector<int> inherited_;
    List current_, prepared_;
    List closed_;  // their last handlers may still be under way
};

}  // namespace errgate::app
