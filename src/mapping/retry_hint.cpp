#include "mapping/retry_hint.hpp"

#include <algorithm>

namespace errgate::mapping {

HintVerdict read_hints(const std::vector<RetryHint>& hints, int status,
                       const http::Fields& fields) {
    HintVerdict verdict;
    for (const RetryHint& hint : hints) {
        const std::string_view sent = http::find(fields, hint.header);
        if (sent.data() == nullptr) {
            if (hint.absent && hint.statuses.holds(status)) verdict.transient = hint.absent;
            continue;
        }
        std::string value(sent);
        std::transform(value.begin(), value.end(), value.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        const auto listed = hint.values.find(value);
        if (listed == hint.values.end()) continue;
        verdict.transient = listed->second;
        const auto outcome = hint.outcomes.find(value);
        if (outcome != hint.outcomes.end()) verdict.outcome = outcome->second;
    }
    return verdict;
}

}  // namespace errgate::mapping
