// What POST /reload asks for and what became of it.
#pragma once

#include "config/document.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace errgate::admin {

struct ReloadRequest {
    std::string if_match;  // the field's value as received; empty: whatever is running
};

// POST /reload answers, with the status beside the kind:
//   {"result": "success|failure", "hash", "previous_hash", "changed", "ms", "reason" (of a
//   failure),
//    "problems": [{"file", "line", "column", "path", "message"}], "notices": [text]}
// and GET /reload {"last": null}, or {"last": {"trigger", "at": Unix seconds, and the members
// above}}.
struct ReloadResult {
    enum class Kind {
        applied,     // 200
        invalid,     // 422: `problems` says what is wrong with the files
        impossible,  // 409: the files are fine, but this process cannot follow them
        stale,       // 412: If-Match names another configuration than the running one
    } kind = Kind::applied;
    std::string reason{};         // one sentence; empty when applied
    std::string hash{};           // of the configuration that runs now
    std::string previous_hash{};  // of the one before; the same when nothing changed
    std::vector<config::Problem> problems{};
    std::vector<std::string> notices{};
    std::chrono::milliseconds took{0};
};

// The verdict on the last reload that was carried out, for GET /reload.
struct LastReload {
    std::string trigger;  // "SIGHUP", "files changed", "POST /reload"
    std::int64_t at = 0;  // Unix time, seconds
    ReloadResult result{};
};

// Starts a reload. `done` is called exactly once, later, on the same thread; not at all when the
// process ends first.
using Reload = std::function<void(ReloadRequest, std::function<void(ReloadResult)> done)>;

// RFC 9110 13.1.1: `*` or a list of entity tags; a hash without quotes is understood too.
bool matches(const std::string& if_match, const std::string& hash);

}  // namespace errgate::admin
