#include "mapping/message.hpp"

#include "errors/redact.hpp"
#include "mapping/debug_output.hpp"

namespace errgate::mapping {

bool is_for_clients(const errors::CodeInfo& code, std::string_view sentence) {
    constexpr int kServerError = 500;
    return code.status < kServerError && !looks_like_debug_output(sentence);
}

std::string client_message(const errors::CodeInfo& code, BodyKind kind, Text said) {
    if (kind != BodyKind::html && said && is_for_clients(code, *said)) {
        std::string message = errors::redact(*said);
        if (!message.empty()) return message;
    }
    return std::string(code.message);
}

}  // namespace errgate::mapping
