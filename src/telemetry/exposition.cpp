// Metric families as the text a scraper reads.
#include "telemetry/exposition.hpp"

#include <prometheus/text_serializer.h>

#include <charconv>
#include <sstream>

namespace errgate::telemetry {

namespace {

constexpr std::string_view kTotal = "_total";

// The next item of a list, without the spaces around it; `rest` moves behind the separator.
std::string_view next_item(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    std::string_view item = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const std::size_t first = item.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return item.substr(first, item.find_last_not_of(" \t") - first + 1);
}

bool weighs_nothing(std::string_view parameters) {
    while (!parameters.empty()) {
        const std::string_view parameter = next_item(parameters, ';');
        if (parameter.substr(0, 2) != "q=") continue;
        double weight = 1;
        std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
        return weight <= 0;
    }
    return false;
}

// OpenMetrics names a counter's family without the _total its samples carry. Of all our families
// only counters end in _total (promtool checks that), so the line itself says all there is to know.
void append_openmetrics_line(std::string& out, std::string_view line) {
    const bool about_family = line.substr(0, 7) == "# HELP " || line.substr(0, 7) == "# TYPE ";
    const std::size_t name_end = about_family ? line.find(' ', 7) : std::string_view::npos;
    if (name_end != std::string_view::npos && line.substr(0, name_end).ends_with(kTotal)) {
        out.append(line.substr(0, name_end - kTotal.size()));
        line.remove_prefix(name_end);
    }
    out.append(line);
    out.push_back('\n');
}

std::string to_openmetrics(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        append_openmetrics_line(out, text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    out.append("# EOF\n");
    return out;
}

}  // namespace

ExpositionFormat choose_exposition(std::string_view accept) {
    while (!accept.empty()) {
        std::string_view range = next_item(accept, ',');
        const std::string_view type = next_item(range, ';');
        if (type == "application/openmetrics-text" && !weighs_nothing(range)) {
            return ExpositionFormat::openmetrics;
        }
    }
    return ExpositionFormat::text;
}

std::string_view content_type(ExpositionFormat format) {
    return format == ExpositionFormat::openmetrics
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

std::string expose(const prometheus::Collectable& source, ExpositionFormat format) {
    std::ostringstream stream;
    prometheus::TextSerializer().Serialize(stream, source.Collect());
    if (format == ExpositionFormat::openmetrics) return to_openmetrics(stream.view());
    return std::move(stream).str();
}

}  // namespace errgate::telemetry
