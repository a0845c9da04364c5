// What each admin path answers: a request's three relevant facts in, status and body out.
#pragma once

#include "admin/reload.hpp"
#include "admin/upstreams.hpp"
#include "config/snapshot.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/journal.hpp"
#include "telemetry/unmapped.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace errgate::admin {

struct ConfigFacts {
    std::shared_ptr<const config::Snapshot> snapshot;  // in force
    std::int64_t loaded_at = 0;                        // Unix time, seconds
};

// Where the endpoints get their facts. Called on the thread that runs the server; must not block.
struct Endpoints {
    // GET /metrics.
    std::function<std::string(telemetry::ExpositionFormat)> metrics{};
    // GET /readyz: empty when ready, else the reason in a few words ("draining").
    std::function<std::string()> unready{};
    std::function<std::vector<UpstreamStatus>()> upstreams{};
    std::function<ConfigFacts()> config{};
    const telemetry::Journal* journal = nullptr;
    const telemetry::UnmappedCodes* unmapped = nullptr;
    // POST /reload, and GET: nothing before the first.
    Reload reload{};
    std::function<std::optional<LastReload>()> last_reload{};
};

struct Request {
    std::string_view method;
    std::string_view target;  // as received; only /errors looks at its query
    std::string_view accept{};
    std::string_view if_match{};
    std::string_view if_none_match{};
};

struct Answer {
    unsigned status = 200;
    std::string_view content_type;  // static storage
    std::string body;
    std::string_view allow{};  // with a 405: the methods this endpoint knows
    std::string etag{};
    bool challenge = false;  // with a 401: a bearer token is wanted
    bool page = false;       // a file of the web page: page.hpp
};

// GET and HEAD of the paths in the table of endpoints.cpp; anything else is a 404 or a 405. The
// body of a HEAD is there too: whoever sends the answer leaves it out and keeps its length.
Answer answer(const Request& request, const Endpoints& endpoints);

// POST /reload, whose answer takes a while and is reload_answer()'s.
bool is_reload(const Request& request);
Answer reload_answer(const ReloadResult& result);
Answer last_reload_answer(const std::optional<LastReload>& last);

// {"error":"<text>"}
Answer error_answer(unsigned status, std::string_view text);

}  // namespace errgate::admin
