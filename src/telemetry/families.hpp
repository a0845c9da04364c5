// Builds prometheus-cpp's metric families without its registry.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

namespace errgate::telemetry {

using Labels = std::vector<prometheus::ClientMetric::Label>;

inline prometheus::MetricFamily make_family(std::string name, std::string help,
                                            prometheus::MetricType type) {
    return {std::move(name), std::move(help), type, {}};
}

inline void add_counter(prometheus::MetricFamily& family, Labels labels, double value) {
    auto& metric = family.metric.emplace_back();
    metric.label = std::move(labels);
    metric.counter.value = value;
}

inline void add_gauge(prometheus::MetricFamily& family, Labels labels, double value) {
    auto& metric = family.metric.emplace_back();
    metric.label = std::move(labels);
    metric.gauge.value = value;
}

// A family of one series without labels.
inline prometheus::MetricFamily counter_family(std::string name, std::string help, double value) {
    auto family = make_family(std::move(name), std::move(help), prometheus::MetricType::Counter);
    add_counter(family, {}, value);
    return family;
}

inline prometheus::MetricFamily gauge_family(std::string name, std::string help, double value) {
    auto family = make_family(std::move(name), std::move(help), prometheus::MetricType::Gauge);
    add_gauge(family, {}, value);
    return family;
}

}  // namespace errgate::telemetry
