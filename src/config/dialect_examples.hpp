// A dialect's own examples: a recorded response each, and what must come out of it.
#pragma once

#include "config/reader.hpp"
#include "errors/failure.hpp"
#include "mapping/classify.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace errgate::config {

// Only the members an example lists are compared; an empty text stands for "absent".
struct Expected {
    bool error = true;  // false: `not_error: true`, and nothing else is compared
    std::optional<std::string> code;
    std::optional<int> status;
    std::optional<std::string> outcome;
    std::optional<bool> retryable;
    std::optional<std::string> message;
    std::optional<std::string> provider_code;
    std::optional<std::string> provider_type;
    std::optional<std::string> provider_request_id;
    std::optional<std::string> decline_code;
    std::optional<std::string> advice_code;
    std::optional<std::string> retry_after_ms;
    std::optional<std::vector<errors::Detail>> details;
    std::optional<std::map<std::string, std::string>> metadata;
};

struct Example {
    std::string id;
    Mark mark;
    std::string method = "GET";
    std::string path = "/";
    std::optional<bool> replay_safe;  // absent: by the method
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    Expected expected;
};

// Problems are reported, duplicate ids among them.
std::vector<Example> read_examples(Report& report, const Value& value, const std::string& path);

// What differs, "code: expected not_found, got internal_error" one a line; empty when nothing does.
// Dates are read against the example's Date header, without one against 2025-01-01T00:00:00Z.
std::string run_example(const Example& example, const mapping::Dialect& dialect);

}  // namespace errgate::config
