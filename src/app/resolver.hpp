// Turns the upstreams' names into addresses, off the workers, again and again.
#pragma once

#include "proxy/live_config.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace errgate::app {

// What one name stands for, best first; empty when it cannot be resolved.
using LookUp = std::function<std::vector<boost::asio::ip::address>(const std::string& host)>;
// The system's own (getaddrinfo), which blocks for as long as a broken resolver likes.
std::vector<boost::asio::ip::address> system_look_up(const std::string& host);

struct ResolverTiming {
    std::chrono::milliseconds refresh{30'000};  // between two questions for a name
    std::chrono::milliseconds retry{1'000};     // while it has no address, or when none answers
};

// Literal addresses are set at once. Names are looked up by a few threads of their own, so that one
// which hangs holds up neither workers nor other names. A name that stops resolving keeps the
// addresses it had.
class Resolver {
  public:
    explicit Resolver(const proxy::LiveConfig& config, LookUp look_up = system_look_up,
                      ResolverTiming timing = {});
    ~Resolver();  // does not wait for a lookup that hangs
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    // From now on this one is asked when none of an upstream's addresses answers. A step of its
    // own: one that is made for a reload shares its upstreams with the one before, and the reload
    // may still be refused.
    void take_charge();
    // Until every name has been asked for once, or `at_most` is over.
    void wait_for_first_round(std::chrono::milliseconds at_most);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

// IPv6 and IPv4 by turns, each family in its order (RFC 8305 section 4): when one of them does not
// work here, the second address does.
std::vector<boost::asio::ip::address> by_turns(const std::vector<boost::asio::ip::address>& found);

}  // namespace errgate::app
