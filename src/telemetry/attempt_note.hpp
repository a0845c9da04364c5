// What one failed attempt said, kept for the journal of failures.
#pragma once

#include "errors/failure.hpp"

#include <string>

namespace errgate::telemetry {

// All texts are redacted already.
struct AttemptNote {
    int attempt = 0;  // from 1
    errors::Code code = errors::Code::gateway_error;
    errors::Outcome outcome = errors::Outcome::unknown;
    bool transient = false;
    std::string provider_code;
    std::string message;
    std::string body_excerpt;  // only where the journal is configured to keep it
};

}  // namespace errgate::telemetry
