#include "mapping/message.hpp"

#include "base/utf8.hpp"
#include "errors/failure.hpp"
#include "errors/redact.hpp"
#include "mapping/debug_output.hpp"

namespace errgate::mapping {

bool is_for_clients(const errors::CodeInfo& code, std::string_view sentence) {
    constexpr int kServerError = 500;
    return code.status < kServerError && !looks_like_debug_output(sentence);
}

std::string client_message(const errors::CodeInfo& code, BodyKind kind, Text said,
                           std::string_view about) {
    if (kind != BodyKind::html && said && is_for_clients(code, *said)) {
        constexpr std::size_t kMost = errors::kMaxMessageBytes;
        std::string message = about.empty()
                                  ? errors::redact(*said, kMost)
                                  : errors::redact_about(about, std::string(*said), kMost);
        message.resize(base::truncate_characters(message, errors::kMaxMessageCharacters).size());
        if (!message.empty()) return message;
    }
    return std::string(code.message);
}

}  // namespace errgate::mapping
