// Recognizes an answer that is our own envelope already: from an upstream that is an errgate too.
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

}  // namespace errgate::mapping
