// Sessions of one upstream that a new connection may resume, which saves most of a handshake.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

struct ssl_session_st;  // OpenSSL's SSL_SESSION

namespace errgate::tls {

// One worker's, for one upstream; one thread. Belongs to one ClientContext: what was verified
// under other rules is not resumed.
class SessionCache {
  public:
    using Session = std::shared_ptr<ssl_session_st>;

    // The newest session with that host, or null. One of TLS 1.3 is used once (RFC 8446 appendix
    // C.4) and leaves the cache.
    Session take(std::string_view host);
    // Keeps it; the oldest of many goes.
    void put(std::string_view host, Session session);
    void clear() { entries_.clear(); }
    std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        std::string host;
        Session session;
    };
    static constexpr std::size_t kCapacity = 16;

    std::deque<Entry> entries_;  // the newest first
};

}  // namespace errgate::tls
