#include "tls/pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>

namespace errgate::tls {

namespace {

BioPtr reader(std::string_view text) {
    return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool at_end_of_input(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

std::string date_text(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
    std::array<char, 32> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
    return {text.data(), size};
}

// Asked for a passphrase: there is nobody to answer, and the terminal must not be asked.
int refuse_passphrase(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

}  // namespace

std::string last_error() {
    const unsigned long error = ERR_peek_last_error();
    const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
    ERR_clear_error();
    return reason == nullptr ? "unknown error" : reason;
}

std::vector<CertificatePtr> read_certificates(std::string_view pem, std::string& error) {
    std::vector<CertificatePtr> out;
    const BioPtr bio = reader(pem);
    ERR_clear_error();
    for (;;) {
        // With the words TRUSTED CERTIFICATE the header would carry settings nobody asked for.
        CertificatePtr next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
        if (!next) break;
        out.push_back(std::move(next));
    }
    if (!at_end_of_input(ERR_peek_last_error())) {
        error = "certificate " + std::to_string(out.size() + 1) + " in it is damaged: ";
        error += last_error();
        return {};
    }
    ERR_clear_error();
    if (out.empty()) error = "holds no PEM certificate";
    return out;
}

KeyPtr read_private_key(std::string_view pem, std::string& error) {
    const BioPtr bio = reader(pem);
    ERR_clear_error();
    bool asked = false;
    KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, &asked));
    if (key) return key;
    if (asked) {
        error = "is encrypted; a key without a passphrase is needed";
    } else if (pem.find("PRIVATE KEY-----") == pem.npos) {
        error = "holds no PEM private key";
    } else {
        error = "holds a damaged private key: " + last_error();
    }
    ERR_clear_error();
    return nullptr;
}

std::string validity_problem(const X509& certificate, std::time_t now) {
    const ASN1_TIME* begin = X509_get0_notBefore(&certificate);
    const ASN1_TIME* end = X509_get0_notAfter(&certificate);
    if (X509_cmp_time(end, &now) <= 0) return "expired on " + date_text(end);
    if (X509_cmp_time(begin, &now) > 0) return "is not valid before " + date_text(begin);
    return "";
}

}  // namespace errgate::tls
