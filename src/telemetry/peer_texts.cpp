// Each text is redacted once; most come back as they are.
#include "telemetry/peer_texts.hpp"

#include "errors/redact.hpp"
#include "telemetry/label_key.hpp"

namespace errgate::telemetry {

namespace {

std::string_view shown(std::string& store, std::string_view text, std::size_t max_bytes) {
    return text.empty() ? text : errors::redact_into(store, text, max_bytes);
}

// A registered method hides nothing.
std::string_view shown_method(std::string& store, std::string_view method) {
    const bool registered = method_label(method) != 0;
    return registered ? method : shown(store, method, PeerTexts::kMaxOther);
}

}  // namespace

PeerTexts::PeerTexts(const ExchangeRecord& exchange)
    : method_(shown_method(redacted_[0], exchange.method)),
      path_(shown(redacted_[1], exchange.path, kMaxPath)),
      user_agent_(shown(redacted_[2], exchange.user_agent, kMaxOther)),
      client_request_id_(shown(redacted_[3], exchange.client_request_id, kMaxOther)) {}

}  // namespace errgate::telemetry
