#include "tls/context.hpp"

#include "tls/openssl.hpp"
#include "tls/pem.hpp"
#include "tls/stream.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>

namespace errgate::tls {

namespace {

using In = Defect::In;

// ALPN names one protocol: its length, then its name.
constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// A client that offers protocols, but not ours, is told so (RFC 7301 section 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    const unsigned char* end = offered + offered_size;
    for (const unsigned char* at = offered; at < end; at += 1 + *at) {
        const auto left = static_cast<std::size_t>(end - at);
        if (left < kHttp11.size() || !std::equal(kHttp11.begin(), kHttp11.end(), at)) continue;
        *chosen = at + 1;
        *size = *at;
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::shared_ptr<SSL_CTX> new_context(const SSL_METHOD* method) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // A record's header and body come with one system call instead of two, and an idle connection
    // holds no buffers.
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    return context;
}

// Certificate, chain and key into the context; every defect is told.
void use_identity(SSL_CTX& context, const Identity& identity, std::time_t now,
                  std::vector<Defect>& defects) {
    std::string error;
    const auto chain = read_certificates(identity.certificate, error);
    if (chain.empty()) defects.push_back({In::certificate, error});
    const KeyPtr key = read_private_key(identity.private_key, error);
    if (!key) defects.push_back({In::private_key, error});
    if (!chain.empty()) {
        X509& own = *chain.front();
        if (auto problem = validity_problem(own, now); !problem.empty()) {
            defects.push_back({In::certificate, std::move(problem)});
        }
        if (key && X509_check_private_key(&own, key.get()) != 1) {
            ERR_clear_error();
            defects.push_back({In::private_key, "does not belong to the certificate"});
        }
    }
    if (!defects.empty()) return;
    if (SSL_CTX_use_certificate(&context, chain.front().get()) != 1) {
        return defects.push_back({In::certificate, "cannot be used: " + last_error()});
    }
    for (std::size_t i = 1; i < chain.size(); ++i)
        SSL_CTX_add1_chain_cert(&context, chain[i].get());
    if (SSL_CTX_use_PrivateKey(&context, key.get()) != 1) {
        defects.push_back({In::private_key, "cannot be used: " + last_error()});
    }
}

// The authorities of a text as those the context trusts; the certificates themselves are answered.
std::vector<CertificatePtr> trust(SSL_CTX& context, const std::string& pem,
                                  std::vector<Defect>& defects) {
    std::string error;
    auto authorities = read_certificates(pem, error);
    if (authorities.empty()) defects.push_back({In::authorities, error});
    X509_STORE* store = SSL_CTX_get_cert_store(&context);
    for (const CertificatePtr& authority : authorities)
        X509_STORE_add_cert(store, authority.get());
    return authorities;
}

// A trusted certificate ends the chain wherever it stands, so that an intermediate authority, or
// the server's own certificate, can be named alone.
void accept_any_anchor(SSL_CTX& context) {
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(&context), X509_V_FLAG_PARTIAL_CHAIN);
}

void ask_clients(SSL_CTX& context, const std::string& authorities, std::vector<Defect>& defects) {
    STACK_OF(X509_NAME)* names = sk_X509_NAME_new_null();
    for (const CertificatePtr& authority : trust(context, authorities, defects)) {
        X509_NAME* name = X509_NAME_dup(X509_get_subject_name(authority.get()));
        sk_X509_NAME_push(names, name);
    }
    SSL_CTX_set_client_CA_list(&context, names);  // takes it
    accept_any_anchor(context);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace

std::shared_ptr<const ServerContext> ServerContext::make(const Identity& identity,
                                                         const std::string& client_authorities,
                                                         std::time_t now,
                                                         std::vector<Defect>& defects) {
    const auto context = new_context(TLS_server_method());
    use_identity(*context, identity, now, defects);
    if (!client_authorities.empty()) ask_clients(*context, client_authorities, defects);
    if (!defects.empty()) return nullptr;
    // In TLS 1.2, forward secrecy and authenticated encryption or nothing; 1.3 has nothing else.
    // Providers' own ancient ciphers are not for us to refuse: a client context keeps OpenSSL's
    // list.
    SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    // Sessions are resumed by ticket, which every worker can read; nothing is kept here.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    constexpr std::array<unsigned char, 7> id{'e', 'r', 'r', 'g', 'a', 't', 'e'};
    SSL_CTX_set_session_id_context(context.get(), id.data(), id.size());
    auto out = std::make_shared<ServerContext>();
    out->context_ = context;
    return out;
}

std::shared_ptr<X509_STORE> system_authorities() {
    std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
    X509_STORE_set_default_paths(store.get());
    ERR_clear_error();  // of locations that do not exist
    return store;
}

std::shared_ptr<const ClientContext> ClientContext::make(const ClientSettings& settings,
                                                         const std::shared_ptr<X509_STORE>& system,
                                                         std::time_t now,
                                                         std::vector<Defect>& defects) {
    const auto context = new_context(TLS_client_method());
    if (!settings.identity.empty()) use_identity(*context, settings.identity, now, defects);
    if (settings.authorities.empty()) {
        SSL_CTX_set1_cert_store(context.get(), system.get());
    } else {
        trust(*context, settings.authorities, defects);
    }
    if (!defects.empty()) return nullptr;
    accept_any_anchor(*context);
    SSL_CTX_set_verify(context.get(), settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_alpn_protos(context.get(), kHttp11.data(), kHttp11.size());
    // The cache is the worker's own (SessionCache); OpenSSL's takes a lock for every connection.
    SSL_CTX_set_session_cache_mode(context.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context.get(), &Stream::keep_session);
    auto out = std::make_shared<ClientContext>();
    out->context_ = context;
    out->server_name_ = settings.server_name;
    out->verify_ = settings.verify;
    return out;
}

}  // namespace errgate::tls
