// The two text formats and the choice between them.
#include "telemetry/exposition.hpp"

#include "telemetry/families.hpp"

#include <gtest/gtest.h>

namespace errgate::telemetry {
namespace {

struct FixedSource : prometheus::Collectable {
    std::vector<prometheus::MetricFamily> Collect() const override {
        auto counter = make_family("errgate_retries_total", "Tries after the first.",
                                   prometheus::MetricType::Counter);
        add_counter(counter, {{"reason", "say \"no\"\n"}}, 2);
        return {counter, gauge_family("errgate_total_ish", "Ends otherwise.", 1)};
    }
};

TEST(Exposition, WritesTextFormat004) {
    EXPECT_EQ(expose(FixedSource{}, ExpositionFormat::text),
              "# HELP errgate_retries_total Tries after the first.\n"
              "# TYPE errgate_retries_total counter\n"
              "errgate_retries_total{reason=\"say \\\"no\\\"\\n\"} 2\n"
              "# HELP errgate_total_ish Ends otherwise.\n"
              "# TYPE errgate_total_ish gauge\n"
              "errgate_total_ish 1\n");
}

TEST(Exposition, WritesOpenMetrics) {
    EXPECT_EQ(expose(FixedSource{}, ExpositionFormat::openmetrics),
              "# HELP errgate_retries Tries after the first.\n"
              "# TYPE errgate_retries counter\n"
              "errgate_retries_total{reason=\"say \\\"no\\\"\\n\"} 2\n"
              "# HELP errgate_total_ish Ends otherwise.\n"
              "# TYPE errgate_total_ish gauge\n"
              "errgate_total_ish 1\n"
              "# EOF\n");
}

TEST(Exposition, NamesTheFormatInTheContentType) {
    EXPECT_EQ(content_type(ExpositionFormat::text), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(content_type(ExpositionFormat::openmetrics),
              "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

TEST(Exposition, IsOpenMetricsForWhoeverAsksForIt) {
    struct Case {
        const char* name;
        std::string_view accept;
        ExpositionFormat format;
    };
    constexpr auto kText = ExpositionFormat::text;
    constexpr auto kOpen = ExpositionFormat::openmetrics;
    const Case cases[] = {
        {"no Accept", "", kText},
        {"anything", "*/*", kText},
        {"text", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", kText},
        {"alone", "application/openmetrics-text", kOpen},
        {"Prometheus",
         "application/openmetrics-text;version=1.0.0;q=0.5,application/"
         "openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
         kOpen},
        {"not first, spaces", "text/plain; q=0.2 , application/openmetrics-text ; q=0.1", kOpen},
        {"refused", "application/openmetrics-text;q=0, text/plain", kText},
        {"another type", "application/openmetrics-textual", kText}};
    for (const Case& c : cases)
        EXPECT_EQ(choose_exposition(c.accept), c.format) << c.name;
}

}  // namespace
}  // namespace errgate::telemetry
