// TLS for the peers of the integration tests: settings of one side, and one side of a connection.
#include "support/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <stdexcept>

namespace errgate::test {
namespace {

std::string last_error() {
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    return reason == nullptr ? "no error" : reason;
}

void must(int result) {
    if (result != 1) throw std::runtime_error(last_error());
}

// "\x08http/1.1"
std::string protocol_list(const std::string& name) {
    return std::string(1, static_cast<char>(name.size())) + name;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void* wanted) {
    const auto& list = *static_cast<std::string*>(wanted);
    unsigned char* out = nullptr;
    const int found =
        SSL_select_next_proto(&out, size, reinterpret_cast<const unsigned char*>(list.data()),
                              static_cast<unsigned>(list.size()), offered, offered_size);
    *chosen = out;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

TlsContext make_context(const SSL_METHOD* method, const TlsOptions& options) {
    TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    if (options.max_version == 12) SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    if (options.max_version == 11) {
        SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
        SSL_CTX_set_security_level(context.get(), 0);  // or the version is not even offered
    }
    if (!options.identity.certificate.empty()) {
        must(SSL_CTX_use_certificate_chain_file(context.get(),
                                                options.identity.certificate.c_str()));
        must(SSL_CTX_use_PrivateKey_file(context.get(), options.identity.key.c_str(),
                                         SSL_FILETYPE_PEM));
    }
    if (!options.authorities.empty()) {
        must(SSL_CTX_load_verify_locations(context.get(), options.authorities.c_str(), nullptr));
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           nullptr);
    }
    return context;
}

}  // namespace

TlsContext tls_server(const TlsOptions& options) {
    TlsContext context = make_context(TLS_server_method(), options);
    SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>("test"),
                                   4);
    if (!options.protocols.empty()) {
        auto* list = new std::string(protocol_list(options.protocols));
        SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, list);
        // Lives as long as the context.
        return {context.get(), [context, list](SSL_CTX*) { delete list; }};
    }
    return context;
}

TlsContext tls_client(const TlsOptions& options) {
    TlsContext context = make_context(TLS_client_method(), options);
    if (!options.protocols.empty()) {
        const std::string list = protocol_list(options.protocols);
        SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(list.data()),
                                static_cast<unsigned>(list.size()));
    }
    return context;
}

TlsEnd::TlsEnd(const TlsContext& context, int fd, bool server, const std::string& server_name)
    : context_(context), ssl_(SSL_new(context.get())) {
    SSL_set_mode(ssl_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_set_fd(ssl_, fd);
    if (server) {
        SSL_set_accept_state(ssl_);
    } else {
        SSL_set_connect_state(ssl_);
        if (!server_name.empty()) SSL_set_tlsext_host_name(ssl_, server_name.c_str());
    }
}

TlsEnd::~TlsEnd() {
    SSL_free(ssl_);
}

TlsEnd::Step TlsEnd::stopped(int result) {
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ:
            return Step::want_read;
        case SSL_ERROR_WANT_WRITE:
            return Step::want_write;
        case SSL_ERROR_ZERO_RETURN:
            return Step::closed;
        default:
            error_ = last_error();
            return Step::failed;
    }
}

TlsEnd::Step TlsEnd::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    return result == 1 ? Step::done : stopped(result);
}

TlsEnd::Step TlsEnd::read(char* into, std::size_t max, std::size_t& got) {
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_, into, max, &got);
    return result == 1 ? Step::done : stopped(result);
}

TlsEnd::Step TlsEnd::write(std::string_view bytes, std::size_t& taken) {
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &taken);
    return result == 1 ? Step::done : stopped(result);
}

void TlsEnd::close_notify() {
    ERR_clear_error();
    if (error_.empty() && SSL_is_init_finished(ssl_) == 1) SSL_shutdown(ssl_);
}

bool TlsEnd::has_pending() const {
    return SSL_pending(ssl_) > 0;
}

TlsFacts TlsEnd::facts() const {
    TlsFacts facts;
    facts.established = SSL_is_init_finished(ssl_) == 1 && error_.empty();
    facts.error = error_;
    facts.version = SSL_get_version(ssl_);
    if (const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name))
        facts.server_name = name;
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &protocol, &size);
    if (size > 0) facts.protocol.assign(reinterpret_cast<const char*>(protocol), size);
    if (X509* peer = SSL_get0_peer_certificate(ssl_)) {
        std::array<char, 256> name{};
        X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name.data(),
                                  static_cast<int>(name.size()));
        facts.peer = name.data();
    }
    facts.resumed = SSL_session_reused(ssl_) == 1;
    return facts;
}

}  // namespace errgate::test
