// A provider on a bad day: refuses, resets, stalls, hangs up and fails at random, and remembers
// what it received.
#pragma once

#include "support/socket.hpp"

#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>

namespace errgate::test {

// Speaks kiotapay's dialect. Every request carries its operation's name in the field X-Op, and a
// success has it in the body.
class ChaosUpstream {
  public:
    explicit ChaosUpstream(std::uint64_t seed);
    ~ChaosUpstream();

    std::uint16_t port() const { return port_; }

    // What became of one operation here.
    struct Operation {
        int received = 0;     // heads that arrived, complete or not answered
        int not_applied = 0;  // answered in full that nothing was done (423, 429)
    };
    std::map<std::string, Operation> operations() const;

    // From now on every request is answered 200.
    void recover() { recovered_ = true; }

  private:
    enum class Mood {
        well,
        hanging_up,  // well, but closes the connection it said it would keep
        failing,
        unavailable,
        locked,
        limited,
        cut_short,
        half_head,
        interim_only,
        resetting,
        silent,
    };
    struct Connection {
        std::thread thread;
        std::atomic<bool> over{false};
    };

    void run();
    void start(Socket socket, std::uint64_t seed);
    void join_those_over();
    void serve(Socket socket, std::uint64_t seed);
    bool answer(Socket& socket, const std::string& operation, Mood mood);
    Mood next_mood(std::mt19937_64& random) const;
    void open_listener();

    std::uint16_t port_ = 0;
    int listener_ = -1;
    std::uint64_t seed_;
    Gate stop_;
    std::atomic<bool> recovered_{false};
    mutable std::mutex mutex_;
    std::map<std::string, Operation> operations_;
    std::list<Connection> connections_;
    std::thread acceptor_;
};

}  // namespace errgate::test
