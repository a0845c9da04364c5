// Turns the upstreams' names into addresses, off the workers, again and again.
#pragma once

#include "proxy/live_config.hpp"

#include <chrono>
#include <memory>

namespace errgate::app {

// A thread of its own, because getaddrinfo() blocks for as long as a broken resolver likes.
// Literal addresses are set at once. A name is asked for again every 30 s, every second while it
// has no address yet; one that stops resolving keeps the addresses it had.
class Resolver {
  public:
    explicit Resolver(const proxy::LiveConfig& config);
    ~Resolver();  // does not wait for a resolver that hangs
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    // Until every name has been asked for once, or `at_most` is over.
    void wait_for_first_round(std::chrono::milliseconds at_most);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace errgate::app
