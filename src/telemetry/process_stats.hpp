// The process as the kernel sees it: the process_* metrics every Prometheus client has.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace errgate::telemetry {

// Reads /proc/self now. What cannot be read is left out.
std::vector<prometheus::MetricFamily> collect_process_stats();

}  // namespace errgate::telemetry
