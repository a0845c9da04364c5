// Examples of a dialect: run, compared member by member, told apart readably.
#include "config/dialect_examples.hpp"

#include "mapping_file.hpp"

namespace errgate::config {
namespace {

// One dialect of one rule, and one example with this request, response and expectation.
std::string file_with(const std::string& example) {
    return dialect_file(
               "    idempotency: {header: K, replays: all}\n"
               "    formats:\n"
               "      - {id: a, when: {exists: /code}, code: /code, message: /message, request_id: "
               "/id, metadata: {ref: /ref}, details: [{each: /errors/*, field: /f, code: /c}]}\n"
               "    rules: [{match: {code: X}, to: not_found}, {match: {code: T}, to: "
               "timeout}]\n") +
           "    examples:\n      - {id: one, " + example + "}\n";
}

std::string diff_of(const std::string& example) {
    const std::vector<MappingSource> files{{"f", file_with(example)}};
    const DialectSet set = compile(files);
    std::size_t ran = 0;
    const auto failures = run_examples(files, set, ran);
    EXPECT_EQ(ran, 1U);
    if (failures.empty()) return "";
    EXPECT_EQ(failures[0].file, "f");
    EXPECT_EQ(failures[0].dialect, "d");
    EXPECT_EQ(failures[0].example, "one");
    EXPECT_EQ(failures[0].mark.line, 9);
    return failures[0].diff;
}

TEST(Examples, EveryMemberMayBeExpected) {
    EXPECT_EQ(
        diff_of("status: 400, headers: {Retry-After: 2}, body: {code: X, message: gone, id: r1, "
                "ref: 7, errors: [{f: a.b, c: bad}]}, expect: {code: not_found, status: 404, "
                "outcome: not_applied, retryable: false, message: gone, provider_code: X, "
                "provider_type: null, provider_request_id: r1, retry_after_ms: 2000, details: "
                "[{field: /a/b, code: bad}], metadata: {ref: 7}, decline_code: null, "
                "advice_code: null}"),
        "");
}

TEST(Examples, TheDiffIsOneLineAMember) {
    EXPECT_EQ(diff_of("status: 400, body: {code: X, ref: 7}, expect: {code: conflict, status: 409, "
                      "outcome: unknown, retryable: true, provider_code: Y, metadata: {}, "
                      "retry_after_ms: 5}"),
              "code: expected conflict, got not_found\n"
              "status: expected 409, got 404\n"
              "outcome: expected unknown, got not_applied\n"
              "retryable: expected true, got false\n"
              "retry_after_ms: expected 5, got nothing\n"
              "provider_code: expected Y, got X\n"
              "metadata: expected nothing, got ref=7");
}

TEST(Examples, OnlyListedMembersAreCompared) {
    EXPECT_EQ(diff_of("status: 400, body: {code: X}, expect: {provider_code: X}"), "");
}

TEST(Examples, ErrorsAndOthers) {
    EXPECT_EQ(diff_of("status: 200, body: {code: X}, expect: {not_error: true}"), "");
    EXPECT_EQ(diff_of("status: 400, body: {code: X}, expect: {not_error: true}"),
              "is an error: not_found");
    EXPECT_EQ(diff_of("status: 200, expect: {code: not_found}"),
              "is no error, but one was expected");
}

TEST(Examples, RetryableFollowsTheMethodUnlessSaidOtherwise) {
    const std::string rest = "status: 504, body: {code: T}, expect: {retryable: ";
    EXPECT_EQ(diff_of(rest + "true}"), "") << "GET by default";
    EXPECT_EQ(diff_of("request: {method: POST}, " + rest + "false}"), "");
    EXPECT_EQ(diff_of("request: {method: POST, replay_safe: true}, " + rest + "true}"), "");
    EXPECT_EQ(diff_of("request: {method: DELETE}, " + rest + "true}"), "");
}

TEST(Examples, BodiesMayBeTextOrValues) {
    EXPECT_EQ(diff_of(R"(status: 400, body: '{"code":"X"}', expect: {provider_code: X})"), "");
    EXPECT_EQ(diff_of("status: 400, body: {code: '5', ref: 5}, expect: {provider_code: '5', "
                      "metadata: {ref: 5}}"),
              "");
    EXPECT_EQ(diff_of("status: 400, expect: {provider_code: null}"), "") << "no body";
}

TEST(Examples, UnquotedScalarsOfABodyKeepTheirJsonType) {
    const std::string format =
        dialect_file(
            "    formats: [{id: a, when: {type: {/n: number, /b: boolean, /s: string, /z: "
            "null, /o: string, /l: array}}, code: '=typed'}]\n") +
        "    examples: [{id: one, status: 400, body: {n: -1.5, b: true, s: '1', z: null, o: 010, "
        "l: "
        "[1]}, expect: {provider_code: typed}}]\n";
    const std::vector<MappingSource> files{{"f", format}};
    std::size_t ran = 0;
    EXPECT_TRUE(run_examples(files, compile(files), ran).empty());
    EXPECT_EQ(ran, 1U);
}

TEST(Examples, OfADialectThatDidNotCompileAreNotRun) {
    const std::vector<MappingSource> files{{"f", file_with("status: 400, expect: {code: x}")}};
    std::size_t ran = 7;
    EXPECT_TRUE(run_examples(files, {}, ran).empty());
    EXPECT_EQ(ran, 0U);
}

}  // namespace
}  // namespace errgate::config
