#include "tls/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace errgate::tls {

namespace {

constexpr std::size_t kRecord = SSL3_RT_MAX_PLAIN_LENGTH;

// Pieces are joined here and encrypted at once, so one a thread is enough.
thread_local std::array<char, kRecord> joined;

// What of the pieces goes into the next record.
std::string_view next_record(std::span<const std::string_view> pieces) {
    if (pieces.size() == 1 || pieces.front().size() >= kRecord) {
        return pieces.front().substr(0, kRecord);
    }
    std::size_t size = 0;
    for (const std::string_view piece : pieces) {
        const std::size_t part = std::min(piece.size(), kRecord - size);
        std::memcpy(joined.data() + size, piece.data(), part);
        size += part;
    }
    return {joined.data(), size};
}

bool is_address(const std::string& host) {
    X509_VERIFY_PARAM* parsed = X509_VERIFY_PARAM_new();
    const bool is = X509_VERIFY_PARAM_set1_ip_asc(parsed, host.c_str()) == 1;
    X509_VERIFY_PARAM_free(parsed);
    return is;
}

}  // namespace

void Stream::FreeSsl::operator()(ssl_st* ssl) const {
    SSL_free(ssl);
}

Stream::Stream(const ServerContext& context, int socket) : ssl_(SSL_new(context.get())) {
    attach(socket);
    SSL_set_accept_state(ssl_.get());
}

Stream::Stream(const ClientContext& context, int socket, std::string_view host,
               std::shared_ptr<SessionCache> sessions)
    : ssl_(SSL_new(context.get())),
      sessions_(std::move(sessions)),
      host_(context.server_name().empty() ? host : context.server_name()) {
    attach(socket);
    // A name's last dot says that it is complete; no certificate and no server knows it.
    if (host_.ends_with('.')) host_.pop_back();
    expect_peer(context);
    SSL_set_connect_state(ssl_.get());
    if (!sessions_) return;
    if (const auto session = sessions_->take(host_)) SSL_set_session(ssl_.get(), session.get());
}

// A connection that ends without close_notify says nothing about its session, which OpenSSL would
// otherwise never resume.
Stream::~Stream() {
    if (established_ && failure_.kind != Failure::Kind::alert) {
        SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }
}

void Stream::attach(int socket) {
    SSL_set_fd(ssl_.get(), socket);
    SSL_set_app_data(ssl_.get(), this);
}

// Name and chain are both verified (RFC 9110 section 4.3.4): by the subject's alternative names
// alone, never by its common name.
void Stream::expect_peer(const ClientContext& context) {
    const bool address = is_address(host_);
    if (!address) SSL_set_tlsext_host_name(ssl_.get(), host_.c_str());
    if (!context.verifies()) return;
    X509_VERIFY_PARAM* param = SSL_get0_param(ssl_.get());
    X509_VERIFY_PARAM_set_hostflags(
        param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (address) {
        X509_VERIFY_PARAM_set1_ip_asc(param, host_.c_str());
    } else {
        X509_VERIFY_PARAM_set1_host(param, host_.c_str(), host_.size());
    }
}

Step Stream::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1) return stopped(result);
    established_ = true;
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
    const std::string_view chosen(reinterpret_cast<const char*>(protocol), size);
    if (!chosen.empty() && chosen != "http/1.1") {
        return fail(Failure::Kind::protocol, "the server chose another protocol than HTTP/1.1");
    }
    return Step::done;
}

Stream::Moved Stream::read(std::span<char> into) {
    std::size_t size = 0;
    do {
        ERR_clear_error();
        std::size_t got = 0;
        const int result = SSL_read_ex(ssl_.get(), into.data() + size, into.size() - size, &got);
        if (result != 1) {
            // What ends the stream is met again by the next read.
            return size > 0 ? Moved{Step::done, size} : Moved{stopped(result)};
        }
        size += got;
    } while (size < into.size() && has_buffered());
    return {Step::done, size};
}

Stream::Moved Stream::write(std::span<const std::string_view> pieces) {
    const std::string_view record = next_record(pieces);
    const std::uint64_t before = BIO_number_written(SSL_get_wbio(ssl_.get()));
    ERR_clear_error();
    std::size_t taken = 0;
    const int result = SSL_write_ex(ssl_.get(), record.data(), record.size(), &taken);
    if (result == 1) return {Step::done, taken};
    const Step step = stopped(result);
    // A peer that hung up may have said why before.
    if (failure_.kind == Failure::Kind::network) peek();
    const bool left = BIO_number_written(SSL_get_wbio(ssl_.get())) != before;
    return {step, left ? record.size() : 0};
}

Step Stream::finish() {
    if (!established_ || failure_.kind != Failure::Kind::none) return Step::done;
    if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return Step::done;
    ERR_clear_error();
    const int result = SSL_shutdown(ssl_.get());
    if (result >= 0) return Step::done;
    return SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_WRITE ? Step::want_write
                                                                     : Step::failed;
}

bool Stream::has_buffered() const {
    return SSL_has_pending(ssl_.get()) == 1;
}

Step Stream::peek() {
    char byte = 0;
    return peek({&byte, 1}).step;
}

Stream::Moved Stream::peek(std::span<char> into) {
    std::size_t got = 0;
    ERR_clear_error();
    const int result = SSL_peek_ex(ssl_.get(), into.data(), into.size(), &got);
    return result == 1 ? Moved{Step::done, got} : Moved{stopped(result)};
}

bool Stream::resumed() const {
    return SSL_session_reused(ssl_.get()) == 1;
}

Step Stream::fail(Failure::Kind kind, std::string_view text) {
    failure_ = {kind, text};
    return Step::failed;
}

Step Stream::stopped(int result) {
    const int system_error = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Step::want_read;
        case SSL_ERROR_WANT_WRITE:
            return Step::want_write;
        case SSL_ERROR_ZERO_RETURN:
            return Step::closed;
        case SSL_ERROR_SYSCALL:
            return fail(Failure::Kind::network, system_error == EPIPE || system_error == ECONNRESET
                                                    ? "connection reset by the peer"
                                                    : "the connection broke");
        default:
            break;
    }
    failure_ = describe_error();
    ERR_clear_error();
    return Step::failed;
}

Failure Stream::describe_error() const {
    const unsigned long error = ERR_peek_error();
    const int reason = ERR_GET_REASON(error);
    if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
        if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
            return {Failure::Kind::certificate,
                    X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()))};
        }
        if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
            return {Failure::Kind::truncated, "the peer closed the connection without a word"};
        }
        if (reason > SSL_AD_REASON_OFFSET) {
            return {Failure::Kind::alert,
                    SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET)};
        }
    }
    const char* text = ERR_reason_error_string(error);
    return {Failure::Kind::protocol, text == nullptr ? "unknown error" : text};
}

int Stream::keep_session(SSL* ssl, SSL_SESSION* session) {
    const auto& self = *static_cast<Stream*>(SSL_get_app_data(ssl));
    if (!self.sessions_) return 0;
    self.sessions_->put(self.host_, {session, SSL_SESSION_free});
    return 1;  // the session is ours
}

}  // namespace errgate::tls
