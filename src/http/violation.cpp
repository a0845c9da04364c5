// The table behind Violation: slug, sentence and status of each.
#include "http/violation.hpp"

#include <array>

namespace errgate::http {
namespace {

struct Row {
    std::string_view slug;
    std::string_view explanation;
    int status;
};

// In the order of the enum.
constexpr std::array kRows{
    Row{"none", "The message is well formed.", 200},
    Row{"malformed_start_line", "The first line is not a valid HTTP/1.1 start line.", 400},
    Row{"unsupported_version", "Only HTTP/1.0 and HTTP/1.1 are understood.", 505},
    Row{"invalid_method", "The request method is not a token.", 400},
    Row{"invalid_target", "The request target has a form or a character that is not allowed.", 400},
    Row{"target_too_long", "The request target is too long.", 414},
    Row{"head_too_large", "The header section is too large.", 431},
    Row{"too_many_fields", "The header section has too many fields.", 431},
    Row{"malformed_field", "A header field is malformed.", 400},
    Row{"obsolete_line_folding", "A header field is folded over several lines.", 400},
    Row{"bare_line_break", "A line ends in CR or LF alone.", 400},
    Row{"missing_host", "The Host field is missing.", 400},
    Row{"repeated_host", "The Host field is repeated.", 400},
    Row{"invalid_host", "The Host field is not a valid host and port.", 400},
    Row{"invalid_content_length", "The Content-Length field is not one valid number.", 400},
    Row{"content_length_and_transfer_encoding",
        "Content-Length and Transfer-Encoding exclude each other.", 400},
    Row{"unsupported_transfer_coding", "Only the transfer coding chunked is understood.", 501},
    Row{"malformed_transfer_encoding", "The Transfer-Encoding field is malformed.", 400},
    Row{"transfer_encoding_in_http10", "HTTP/1.0 has no Transfer-Encoding.", 400},
    Row{"unsupported_expectation", "The only expectation understood is 100-continue.", 417},
    Row{"unsupported_connect", "The method CONNECT is not supported.", 501},
    Row{"malformed_chunk", "The chunked body is malformed.", 400},
    Row{"chunk_extension_too_long", "A chunk extension is too long.", 400},
    Row{"trailers_too_large", "The trailer section is too large.", 400},
    Row{"invalid_status", "The status code is not a number from 100 to 599.", 400},
    Row{"unexpected_upgrade", "The connection was upgraded although nobody asked for it.", 400},
    Row{"too_many_interim_responses", "There were too many interim responses.", 400},
};
static_assert(kRows.size() == static_cast<std::size_t>(Violation::too_many_interim_responses) + 1);

const Row& row(Violation v) {
    return kRows[static_cast<std::size_t>(v)];
}

}  // namespace

std::string_view slug(Violation v) {
    return row(v).slug;
}
std::string_view explanation(Violation v) {
    return row(v).explanation;
}
int request_status(Violation v) {
    return row(v).status;
}

}  // namespace errgate::http
