// A header in which the provider itself says whether to send the request again.
#pragma once

#include "errors/codes.hpp"
#include "http/head.hpp"
#include "mapping/predicate.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace errgate::mapping {

struct RetryHint {
    std::string header;
    std::map<std::string, bool, std::less<>> values;               // lower-case text -> transient
    std::map<std::string, errors::Outcome, std::less<>> outcomes;  // lower-case text -> outcome
    std::optional<bool> absent;  // what a missing header means, for `statuses` only
    StatusTest statuses{{{500, 599}}};
};

struct HintVerdict {
    std::optional<bool> transient;  // nothing: no hint decided
    std::optional<errors::Outcome> outcome;
};
// The last hint that decides wins.
HintVerdict read_hints(const std::vector<RetryHint>& hints, int status, const http::Fields& fields);

}  // namespace errgate::mapping
