#include "cli/demo_config.hpp"

#include "config/load.hpp"

#include <gtest/gtest.h>

namespace errgate::cli {
namespace {

TEST(DemoConfig, LoadsWithAnUpstreamAndARouteAProvider) {
    const std::map<std::string, std::uint16_t> ports{
        {"kiotapay", 1}, {"kineticpay", 2}, {"license_pos", 3}, {"six_digit", 4}, {"kira", 5}};
    const auto loaded = config::load_text(demo_routes(8081, ports), "demo.yaml",
                                          [](const std::string&) { return std::nullopt; });
    for (const auto& problem : loaded.problems)
        ADD_FAILURE() << to_string(problem);
    ASSERT_TRUE(loaded.snapshot);
    EXPECT_EQ(loaded.snapshot->listen.at(0).address.port, 8081);
    EXPECT_EQ(loaded.snapshot->upstreams.size(), 5u);
    EXPECT_EQ(loaded.snapshot->routes.size(), 5u);
}

}  // namespace
}  // namespace errgate::cli
