// What one recorded answer means: the classification and the envelope the gateway would send.
#pragma once

#include "cli/recording.hpp"
#include "mapping/classify.hpp"

#include <string>

namespace errgate::cli {

struct Explanation {
    mapping::Classification classification;
    mapping::Trace trace;
    nlohmann::ordered_json envelope;  // null when the answer is no error
};

// `upstream_name` stands in the envelope's provider.name.
Explanation explain_answer(const mapping::Dialect& dialect, const std::string& upstream_name,
                           const Recording& recording);

}  // namespace errgate::cli
