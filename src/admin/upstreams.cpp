// The state of the upstreams as JSON.
#include "admin/upstreams.hpp"

#include <nlohmann/json.hpp>

namespace errgate::admin {

namespace {

using Json = nlohmann::ordered_json;

Json breaker_json(const UpstreamStatus& upstream) {
    const auto& breaker = upstream.breaker;
    return {{"enabled", breaker.enabled},
            {"state", breaker.state},
            {"retry_after_ms", breaker.retry_after_ms},
            {"consecutive_failures", breaker.consecutive_failures},
            {"window_failures", breaker.window_failures},
            {"window_requests", breaker.window_requests},
            {"transitions",
             {{"closed", breaker.to_closed},
              {"half_open", breaker.to_half_open},
              {"open", breaker.to_open}}}};
}

}  // namespace

std::string upstreams_json(const std::vector<UpstreamStatus>& upstreams) {
    Json list = Json::array();
    for (const UpstreamStatus& upstream : upstreams) {
        list.push_back({{"name", upstream.name},
                        {"url", upstream.url},
                        {"dialect", upstream.dialect},
                        {"addresses", upstream.addresses},
                        {"breaker", breaker_json(upstream)},
                        {"budget",
                         {{"ratio", upstream.budget.ratio},
                          {"min_per_second", upstream.budget.min_per_second},
                          {"saved_retries", upstream.budget.saved_retries}}},
                        {"in_flight", upstream.in_flight},
                        {"max_in_flight", upstream.max_in_flight},
                        {"connections",
                         {{"idle", upstream.connections.idle},
                          {"busy", upstream.connections.busy},
                          {"max", upstream.connections.max}}}});
    }
    return Json{{"upstreams", std::move(list)}}.dump(-1, ' ', false,
                                                     Json::error_handler_t::replace) +
           "\n";
}

}  // namespace errgate::admin
