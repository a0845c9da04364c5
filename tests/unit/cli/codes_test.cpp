#include "errors/codes.hpp"

#include "run_cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace errgate::cli {
namespace {

using testing::HasSubstr;

auto lines(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
}

TEST(Codes, TableHasOneLineACodeAndAHead) {
    const Ran run = run_cli({"codes"});
    EXPECT_EQ(run.exit_code, kFine);
    EXPECT_EQ(lines(run.out), static_cast<std::ptrdiff_t>(errors::all_codes().size() + 1));
    EXPECT_THAT(run.out, HasSubstr("\ninsufficient_funds "));
}

TEST(Codes, JsonIsTheWholeCatalogue) {
    const auto list = nlohmann::json::parse(run_cli({"codes", "--format", "json"}).out);
    ASSERT_EQ(list.size(), errors::all_codes().size());
    const auto found = std::find_if(
        list.begin(), list.end(), [](const auto& one) { return one["code"] == "resource_locked"; });
    ASSERT_NE(found, list.end());
    EXPECT_EQ((*found)["status"], 423);
    EXPECT_EQ((*found)["transient"], true);
    EXPECT_EQ((*found)["outcome"], "not_applied");
    EXPECT_EQ((*found)["category"], "resource");
}

TEST(Codes, MarkdownIsATable) {
    const Ran run = run_cli({"codes", "--format", "markdown"});
    EXPECT_EQ(lines(run.out), static_cast<std::ptrdiff_t>(errors::all_codes().size() + 2));
    EXPECT_THAT(run.out, HasSubstr("| `timeout` | 504 | upstream |"));
}

TEST(Codes, OpenapiHasTheEnvelopeAndEveryCode) {
    const auto document = nlohmann::json::parse(run_cli({"codes", "--format", "openapi"}).out);
    const auto& error = document["components"]["schemas"]["Error"];
    EXPECT_EQ(error["properties"]["code"]["enum"].size(), errors::all_codes().size());
    EXPECT_EQ(document["components"]["responses"]["Error"]["content"]["application/json"]["schema"]
                      ["$ref"],
              "#/components/schemas/Error");
}

TEST(Codes, AFormatOfNoKindIsWrongUsage) {
    const Ran run = run_cli({"codes", "--format", "xml"});
    EXPECT_EQ(run.exit_code, kWrongUsage);
    EXPECT_THAT(run.err, HasSubstr("use table, json, markdown or openapi"));
}

}  // namespace
}  // namespace errgate::cli
