// What a response says in its dialect's terms: which format and rule match, and the texts they
// name.
#pragma once

#include "mapping/classify.hpp"
#include "mapping/dialect.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace errgate::mapping {

// As the provider wrote it: unredacted, so it must not leave this layer.
struct Reading {
    explicit Reading(Body decoded) : body(std::move(decoded)) {}

    bool is_error = false;
    Body body;                   // what `found` points into
    Extraction found;            // of the format, and of the rule's own metadata and details
    const Rule* rule = nullptr;  // into the dialect; nullptr: the status decides
    std::optional<std::chrono::milliseconds> wait;
};

// `trace` may be null.
Reading read_response(const Dialect& dialect, const RequestFacts& request,
                      const ResponseFacts& response, base::WallTime now, Trace* trace);

}  // namespace errgate::mapping
