// choose_format: what a client's Accept prefers.
#include "errors/envelope.hpp"

#include <gtest/gtest.h>

namespace errgate::errors {
namespace {

constexpr EnvelopeFormat kJson = EnvelopeFormat::json;
constexpr EnvelopeFormat kProblem = EnvelopeFormat::problem_json;

struct Case {
    const char* name;
    std::string_view accept;
    EnvelopeFormat format;
};

class Accept : public testing::TestWithParam<Case> {};

TEST_P(Accept, PicksTheFormat) {
    EXPECT_EQ(choose_format(GetParam().accept), GetParam().format);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Accept,
    testing::Values(
        Case{"absent", "", kJson},                                                      //
        Case{"anything", "*/*", kJson},                                                 //
        Case{"json", "application/json", kJson},                                        //
        Case{"html", "text/html", kJson},                                               //
        Case{"problem", "application/problem+json", kProblem},                          //
        Case{"case_is_ignored", "Application/Problem+JSON", kProblem},                  //
        Case{"tie_goes_to_json", "application/problem+json, application/json", kJson},  //
        Case{"problem_first_choice", "application/problem+json, application/json;q=0.9", kProblem},
        Case{"json_first_choice", "application/problem+json;q=0.5, application/json", kJson},
        Case{"problem_over_wildcard", "application/problem+json, */*;q=0.1", kProblem},  //
        Case{"tie_with_wildcard", "application/problem+json, */*", kJson},               //
        Case{"specific_range_outweighs_wildcard",
             "application/problem+json;q=0.5, application/json;q=0.2, */*", kProblem},  //
        Case{"application_range", "application/problem+json;q=0.7, application/*;q=0.8", kJson},
        Case{"refused_problem", "application/problem+json;q=0", kJson},  //
        Case{"refused_json", "application/json;q=0, application/problem+json;q=0.001", kProblem},
        Case{"three_decimals", "application/problem+json;q=0.501, application/json;q=0.5",
             kProblem},
        Case{"other_parameters", "application/problem+json;profile=\"a,b;q=0\";q=1, */*;q=0.5",
             kProblem},                                                                  //
        Case{"escaped_quote", "text/x;a=\"\\\"\", application/problem+json", kProblem},  //
        Case{"upper_case_q", "application/json;Q=0.1, application/problem+json;q=0.2", kProblem},
        Case{"spaces", "  application/problem+json ; q=0.8 ,application/json ; q=0.7 ", kProblem},
        Case{"bad_weight_counts_as_one", "application/problem+json;q=high, application/json;q=0.9",
             kProblem},  //
        Case{"weight_above_one", "application/json;q=2, application/problem+json;q=0.9", kJson},
        Case{"open_quote", "text/x;a=\", application/problem+json", kJson},  //
        Case{"only_commas", ",,,;,", kJson},                                 //
        Case{"longer_name", "application/problem+jsonx", kJson}),
    [](const auto& line) { return line.param.name; });

}  // namespace
}  // namespace errgate::errors
