// Everything the gateway has counted, as metric families.
#include "telemetry/collector.hpp"

#include "errors/codes.hpp"
#include "errors/failure.hpp"
#include "policy/plan.hpp"
#include "telemetry/families.hpp"
#include "telemetry/process_stats.hpp"

#include <iterator>
#include <limits>
#include <map>
#include <utility>

namespace errgate::telemetry {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Sums = std::map<std::uint64_t, std::uint64_t>;  // by packed LabelKey, so in a stable order

Sums sum(const std::vector<const WorkerCounters*>& workers, Family family) {
    Sums sums;
    for (const WorkerCounters* worker : workers) {
        worker->read(family, [&](LabelKey key, std::uint64_t value) { sums[key.pack()] += value; });
    }
    return sums;
}

std::string status_text(std::uint16_t status) {
    return status == 0 ? "none" : std::to_string(status);
}

std::string attempt_result(std::uint8_t word) {
    if (word == kUnrecordedAttempt) return "unrecorded";
    const auto reason = static_cast<errors::GatewayReason>(word);
    return reason == errors::GatewayReason::none ? "response" : std::string(errors::slug(reason));
}

std::string retry_reason(const LabelKey& key) {
    return key.word == 0 && key.status != 0 ? std::to_string(key.status) : attempt_result(key.word);
}

std::string origin_text(std::uint8_t flag) {
    return std::string(to_string(flag == 0 ? errors::Origin::upstream : errors::Origin::gateway));
}

// The labels of one key, as each family spells them.
class LabelWriter {
  public:
    LabelWriter(const Names& names, const LabelKey& key) : names_(names), key_(key) {}

    LabelWriter& route() { return put("route", std::string(names_.routes.name(key_.route))); }
    LabelWriter& upstream() {
        return put("upstream", std::string(names_.upstreams.name(key_.upstream)));
    }
    LabelWriter& put(const char* name, std::string value) {
        labels_.push_back({name, std::move(value)});
        return *this;
    }
    Labels take() { return std::move(labels_); }

  private:
    const Names& names_;
    const LabelKey& key_;
    Labels labels_;
};

Labels labels_of(Family family, const LabelKey& key, const Names& names) {
    LabelWriter out(names, key);
    switch (family) {
        case Family::requests:
            out.route().upstream();
            out.put("method", std::string(kMethodLabels[key.word]));
            out.put("status", status_text(key.status));
            break;
        case Family::errors:
            out.route().upstream();
            out.put("code", std::string(errors::info(static_cast<errors::Code>(key.word)).slug));
            out.put("origin", origin_text(key.flag));
            out.put("provider_status", status_text(key.status));
            break;
        case Family::attempts:
            out.route().upstream().put("result", attempt_result(key.word));
            break;
        case Family::retries:
            out.route().upstream().put("reason", retry_reason(key));
            break;
        case Family::retries_suppressed:
            out.route().upstream();
            out.put("reason",
                    std::string(policy::slug(static_cast<policy::RetryRefusal>(key.word))));
            break;
        case Family::unmapped_errors:
            out.upstream().put("provider_status", status_text(key.status));
            break;
        case Family::request_duration_buckets:
        case Family::request_duration_sum:
            out.route().upstream();
            break;
        case Family::upstream_duration_buckets:
        case Family::upstream_duration_sum:
        case Family::in_flight:
            out.upstream();
            break;
        case Family::upstream_connections:
            out.upstream();
            out.put("state", key.word == static_cast<std::uint8_t>(ConnectionState::idle)
                                 ? "idle"
                                 : "active");
            break;
        case Family::client_connections:
            break;
    }
    return out.take();
}

struct Spec {
    Family family;
    const char* name;
    const char* help;
};

constexpr Spec kCounters[] = {
    {Family::requests, "errgate_requests_total", "Exchanges, by the status the client was given."},
    {Family::errors, "errgate_errors_total",
     "Exchanges that ended in an error, by its canonical code."},
    {Family::attempts, "errgate_attempts_total",
     "Tries at an upstream: a response came, or why none did."},
    {Family::retries, "errgate_retries_total",
     "Tries after the first, by what was wrong with the try before."},
    {Family::retries_suppressed, "errgate_retries_suppressed_total",
     "Failures that were not tried again, by why not."},
    {Family::unmapped_errors, "errgate_unmapped_errors_total",
     "Errors of a provider that no rule of its dialect names."},
};

constexpr Spec kGauges[] = {
    {Family::in_flight, "errgate_in_flight_requests",
     "Exchanges under way, by the upstream they are for."},
    {Family::upstream_connections, "errgate_upstream_connections",
     "Open connections to the upstream."},
    {Family::client_connections, "errgate_client_connections", "Open connections of clients."},
};

MetricFamily counter(const MetricSources& sources, const Spec& spec) {
    MetricFamily out = make_family(spec.name, spec.help, MetricType::Counter);
    for (const auto& [packed, value] : sum(sources.workers, spec.family)) {
        add_counter(out, labels_of(spec.family, LabelKey::unpack(packed), *sources.names),
                    static_cast<double>(value));
    }
    return out;
}

MetricFamily gauge(const MetricSources& sources, const Spec& spec) {
    MetricFamily out = make_family(spec.name, spec.help, MetricType::Gauge);
    for (const auto& [packed, value] : sum(sources.workers, spec.family)) {
        add_gauge(out, labels_of(spec.family, LabelKey::unpack(packed), *sources.names),
                  static_cast<double>(static_cast<std::int64_t>(value)));
    }
    return out;
}

// Not cumulative counts, one a bound and one for +Inf, as prometheus-cpp wants a histogram.
prometheus::ClientMetric::Histogram cumulative(
    const std::array<std::uint64_t, kBucketBounds.size() + 1>& counts, std::uint64_t nanoseconds) {
    prometheus::ClientMetric::Histogram out;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        out.sample_count += counts[i];
        const double bound = i < kBucketBounds.size()
                                 ? std::chrono::duration<double>(kBucketBounds[i]).count()
                                 : std::numeric_limits<double>::infinity();
        out.bucket.push_back({out.sample_count, bound});
    }
    out.sample_sum = static_cast<double>(nanoseconds) / 1e9;
    return out;
}

MetricFamily histogram(const MetricSources& sources, const Spec& buckets, Family sum_family) {
    std::map<std::uint64_t, std::array<std::uint64_t, kBucketBounds.size() + 1>> counts;
    for (const auto& [packed, value] : sum(sources.workers, buckets.family)) {
        LabelKey key = LabelKey::unpack(packed);
        const std::uint8_t bucket = std::exchange(key.word, std::uint8_t{0});
        counts[key.pack()][bucket] = value;
    }
    Sums sums = sum(sources.workers, sum_family);
    MetricFamily out = make_family(buckets.name, buckets.help, MetricType::Histogram);
    for (const auto& [packed, by_bucket] : counts) {
        auto& metric = out.metric.emplace_back();
        metric.label = labels_of(buckets.family, LabelKey::unpack(packed), *sources.names);
        metric.histogram = cumulative(by_bucket, sums[packed]);
    }
    return out;
}

void append_breakers(std::vector<MetricFamily>& out, const MetricSources& sources) {
    MetricFamily state = make_family("errgate_circuit_breaker_state",
                                     "0 closed, 1 half-open, 2 open.", MetricType::Gauge);
    MetricFamily transitions =
        make_family("errgate_circuit_breaker_transitions_total",
                    "Changes of the circuit breaker's state.", MetricType::Counter);
    for (const BreakerSample& breaker : sources.breakers()) {
        add_gauge(state, {{"upstream", breaker.upstream}}, breaker.state);
        const std::pair<const char*, std::uint64_t> reached[] = {
            {"closed", breaker.to_closed},
            {"half_open", breaker.to_half_open},
            {"open", breaker.to_open}};
        for (const auto& [to, times] : reached) {
            add_counter(transitions, {{"upstream", breaker.upstream}, {"to", to}},
                        static_cast<double>(times));
        }
    }
    out.push_back(std::move(state));
    out.push_back(std::move(transitions));
}

void append_reloads(std::vector<MetricFamily>& out, const ReloadCounters& reloads) {
    MetricFamily total = make_family("errgate_config_reloads_total",
                                     "Reloads of the configuration.", MetricType::Counter);
    add_counter(total, {{"result", "success"}}, static_cast<double>(reloads.succeeded.load()));
    add_counter(total, {{"result", "failure"}}, static_cast<double>(reloads.failed.load()));
    out.push_back(std::move(total));
    out.push_back(
        gauge_family("errgate_config_last_reload_success",
                     "1 when the configuration on disk is the one in use, as far as known.",
                     reloads.last_succeeded.load() ? 1 : 0));
    out.push_back(gauge_family("errgate_config_last_reload_success_timestamp_seconds",
                               "When the configuration in use was loaded, in Unix time.",
                               static_cast<double>(reloads.last_success_ms.load()) / 1000));
}

}  // namespace

std::vector<MetricFamily> Collector::Collect() const {
    std::vector<MetricFamily> out;
    for (const Spec& spec : kCounters)
        out.push_back(counter(sources_, spec));
    out.push_back(histogram(sources_,
                            {Family::request_duration_buckets, "errgate_request_duration_seconds",
                             "From the request's first byte to the response's last."},
                            Family::request_duration_sum));
    out.push_back(
        histogram(sources_,
                  {Family::upstream_duration_buckets, "errgate_upstream_duration_seconds",
                   "The part of an exchange spent waiting for the upstream, all tries together."},
                  Family::upstream_duration_sum));
    for (const Spec& spec : kGauges)
        out.push_back(gauge(sources_, spec));
    if (sources_.breakers) append_breakers(out, sources_);
    if (sources_.reloads != nullptr) append_reloads(out, *sources_.reloads);
    if (sources_.access_log_dropped) {
        out.push_back(counter_family("errgate_access_log_dropped_total",
                                     "Access log lines lost because they could not be written.",
                                     static_cast<double>(sources_.access_log_dropped())));
    }
    if (sources_.config_hash) {
        MetricFamily config = make_family(
            "errgate_config_info",
            "The configuration in use, by the SHA-256 of its files; always 1.", MetricType::Gauge);
        add_gauge(config, {{"hash", sources_.config_hash()}}, 1);
        out.push_back(std::move(config));
    }
    MetricFamily build =
        make_family("errgate_build_info", "The running version; always 1.", MetricType::Gauge);
    add_gauge(build, {{"version", sources_.version}}, 1);
    out.push_back(std::move(build));
    for (MetricFamily& family : collect_process_stats())
        out.push_back(std::move(family));
    return out;
}

}  // namespace errgate::telemetry
