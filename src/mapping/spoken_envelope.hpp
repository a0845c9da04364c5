// What an upstream that is an errgate too says of an error: in an envelope like ours, or in the
// fields it adds to a provider's own answer.
#pragma once

#include "errors/failure.hpp"
#include "mapping/classify.hpp"

#include <optional>
#include <string_view>

namespace errgate::mapping {

struct SpokenEnvelope {
    // What the client is told when the answer goes on as it is.
    struct Words {
        errors::Code code;
        errors::Outcome outcome;
        bool retryable;
        bool is_body = true;  // the answer's body is the envelope
    };
    Words words;
    // The same facts as a failure of this exchange, for retry, log, metrics, and for an envelope of
    // our own when the answer may not go on. Its origin is upstream.
    errors::Failure failure;
};

// Nothing unless the answer could have been written by errgate for this very request: whole, JSON
// without repeated names, every member that is always there, none that is unknown, each of its
// type and bounds, a code of the catalogue with its category, `status` equal to the status line,
// `request_id` equal to ours, and no text that redaction would change. So it is safe to pass on.
std::optional<SpokenEnvelope> read_spoken_envelope(const ResponseFacts& response,
                                                   std::string_view request_id);

// The Errgate-* fields alone: of an answer whose body stayed the provider's (`errors.mode:
// annotate`), or whose envelope is not there to be read, as that of a HEAD. Nothing unless each of
// them is there once and known, and X-Request-Id is that of this very request.
std::optional<SpokenEnvelope::Words> read_annotations(const http::Fields& fields,
                                                      std::string_view request_id);

// Puts those words in the place of what this gateway's dialect makes of the answer, which keeps its
// texts: the other one knows of attempts that this one never saw.
void heed(const SpokenEnvelope::Words& words, int status, Classification& verdict);

}  // namespace errgate::mapping
