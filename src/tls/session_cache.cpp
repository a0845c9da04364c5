#include "tls/session_cache.hpp"

#include <openssl/ssl.h>

#include <algorithm>

namespace errgate::tls {

SessionCache::Session SessionCache::take(std::string_view host) {
    const auto found = std::ranges::find(entries_, host, &Entry::host);
    if (found == entries_.end()) return nullptr;
    Session session = found->session;
    const bool once = SSL_SESSION_get_protocol_version(session.get()) >= TLS1_3_VERSION;
    if (once || SSL_SESSION_is_resumable(session.get()) != 1) entries_.erase(found);
    return SSL_SESSION_is_resumable(session.get()) == 1 ? session : nullptr;
}

void SessionCache::put(std::string_view host, Session session) {
    entries_.push_front({std::string(host), std::move(session)});
    if (entries_.size() > kCapacity) entries_.pop_back();
}

}  // namespace errgate::tls
