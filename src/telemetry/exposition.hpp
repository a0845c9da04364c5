// Metric families as the text a scraper reads.
#pragma once

#include <prometheus/collectable.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace errgate::telemetry {

enum class ExpositionFormat : std::uint8_t {
    text,         // Prometheus text format 0.0.4
    openmetrics,  // OpenMetrics 1.0.0
};

// OpenMetrics when this Accept value names it with a weight above zero, else text.
ExpositionFormat choose_exposition(std::string_view accept);
std::string_view content_type(ExpositionFormat format);
std::string expose(const prometheus::Collectable& source, ExpositionFormat format);

}  // namespace errgate::telemetry
