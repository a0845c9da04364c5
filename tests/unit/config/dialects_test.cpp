// Mapping files: presets, several files, names, and what each part of the grammar compiles to.
#include "config/dialects.hpp"

#include "mapping_file.hpp"

namespace errgate::config {
namespace {

using errors::Code;
using testing::Test;

std::string slug(const mapping::Classification& result) {
    return result.is_error ? std::string(errors::info(result.failure.code).slug) : "no error";
}

const mapping::Dialect& only(const DialectSet& set) {
    EXPECT_EQ(set.size(), 1U);
    return *set.begin()->second.dialect;
}

TEST(Dialects, CompileFromYamlAndFromJson) {
    const std::string yaml = dialect_file(
        "    formats: [{id: a, code: /code}]\n"
        "    rules: [{match: {code: X}, to: not_found}]\n");
    const std::string json =
        R"({"version": 1, "dialects": {"d": {"formats": [{"id": "a", "code": "/code"}],)"
        R"("rules": [{"match": {"code": "X"}, "to": "not_found"}]}}})";
    for (const std::string& text : {yaml, json}) {
        const DialectSet set = compile({{"f", text}});
        EXPECT_EQ(slug(classify(only(set), {400, R"({"code":"X"})"})), "not_found");
    }
}

TEST(Dialects, KnowTheirNameAndFile) {
    const DialectSet set = compile({{"mine.yaml", dialect_file("    formats: []\n")}});
    EXPECT_EQ(only(set).name(), "d");
    EXPECT_EQ(set.at("d").file, "mine.yaml");
    EXPECT_FALSE(set.at("d").shipped);
}

TEST(Dialects, EveryFileMayUseEveryFilesPresetsAndTheShippedOnes) {
    const DialectSet set =
        compile({{"a", "version: 1\ndialects:\n  d:\n    formats: [use: mine, use: edge]\n"},
                 {"b",
                  "version: 1\npresets:\n  mine:\n    formats: [{id: m, when: {exists: /m}, "
                  "code: /m}]\n"}});
    EXPECT_EQ(classify(only(set), {400, R"({"m":"7"})"}).failure.provider.code, "7");
    EXPECT_EQ(classify(only(set), {404, "no such thing"}).failure.message, "no such thing");
}

TEST(Dialects, AFilesPresetReplacesAShippedOne) {
    const DialectSet set = compile({{"f",
                                     "version: 1\npresets:\n  edge:\n    formats: [{id: e, code: "
                                     "'=mine'}]\ndialects:\n  d: {use: edge}\n"}});
    EXPECT_EQ(classify(only(set), {400, ""}).failure.provider.code, "mine");
}

TEST(Dialects, PresetRulesStandWhereTheyAreUsed) {
    const std::string before =
        "    formats: [{id: a, code: /code}]\n    rules: [use: oauth2, "
        "{match: {code: 'invalid_*'}, to: conflict}]\n";
    const std::string after =
        "    formats: [{id: a, code: /code}]\n    rules: [{match: {code: "
        "'invalid_*'}, to: conflict}]\n    use: [oauth2]\n";
    const Sent sent{400, R"({"code":"invalid_scope"})"};
    EXPECT_EQ(slug(classify(only(compile({{"f", dialect_file(before)}})), sent)),
              "invalid_request");
    EXPECT_EQ(slug(classify(only(compile({{"f", dialect_file(after)}})), sent)), "conflict");
}

TEST(Dialects, NamesAreDefinedOnce) {
    const std::string file = dialect_file("    formats: []\n");
    EXPECT_EQ(mapping_problems({{"a", file}, {"b", file}}),
              std::vector<std::string>{"b:3:3: dialects.d: is defined in a too"});
    const std::string preset = "version: 1\npresets:\n  p: {formats: [{id: x}]}\n";
    EXPECT_EQ(mapping_problems({{"a", preset}, {"b", preset}}),
              std::vector<std::string>{"b:3:3: presets.p: is defined in a too"});
}

TEST(Dialects, OneWithAProblemKeepsItsNameAloneAndTheOthersStay) {
    std::vector<Problem> problems;
    const auto set = compile_mappings(
        {{"f",
          "version: 1\ndialects:\n  good: {formats: []}\n  bad: {formats: [{id: a, code: x}]}\n"}},
        problems);
    EXPECT_EQ(problems.size(), 1U);
    EXPECT_EQ(set.count("good"), 1U);
    EXPECT_EQ(set.at("bad").dialect, nullptr) << "but who names it is not told that it is unknown";
}

TEST(Dialects, AFileThatCannotBeParsedDoesNotHideTheOthersProblems) {
    const auto problems = mapping_problems({{"a", "version: [\n"}, {"b", "version: 2\n"}});
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(problems[0].substr(0, 2), "a:");
    EXPECT_EQ(problems[1], "b:1:10: version: expected the number 1, got \"2\"");
}

TEST(Dialects, IdempotencyAndRequestIds) {
    const DialectSet set = compile(
        {{"f", dialect_file("    idempotency: {header: Idempotency-Key, body_field: msg.id, "
                            "replays: success, required_on: [POST, PATCH], ttl_s: 86400}\n"
                            "    request_id_headers: [Debug-Id]\n")}});
    const mapping::Idempotency& keys = only(set).idempotency("/");
    EXPECT_EQ(keys.header, "Idempotency-Key");
    EXPECT_EQ(keys.body_field, "/msg/id");
    EXPECT_EQ(keys.replays, mapping::Idempotency::Replays::success);
    EXPECT_EQ(keys.required_on, (std::vector<std::string>{"POST", "PATCH"}));
    EXPECT_EQ(keys.ttl, std::chrono::hours(24));
    EXPECT_TRUE(keys.honoured());
    EXPECT_EQ(only(set).request_id_headers(), std::vector<std::string>{"Debug-Id"});
}

TEST(Dialects, AKeyMayGoForSomePathsOnly) {
    const DialectSet set = compile(
        {{"f", dialect_file("    idempotency:\n"
                            "      - {paths: ['/v1/payouts*'], header: Payout-Key, replays: all}\n"
                            "      - {paths: ['*/refund'], header: Refund-Key, replays: all}\n")}});
    EXPECT_EQ(only(set).idempotency("/v1/payouts").header, "Payout-Key");
    EXPECT_EQ(only(set).idempotency("/v1/payments/pay_1/refund").header, "Refund-Key");
    EXPECT_FALSE(only(set).idempotency("/v1/payments").honoured());
}

TEST(Dialects, WithoutAWordOnKeysNoneAreHonoured) {
    EXPECT_FALSE(
        only(compile({{"f", dialect_file("    formats: []\n")}})).idempotency("/").honoured());
    EXPECT_FALSE(
        only(compile({{"f", dialect_file("    idempotency: {header: null, replays: none}\n")}}))
            .idempotency("/")
            .honoured());
}

TEST(Dialects, RetryHintsWaitsAndRedactions) {
    const DialectSet set = compile(
        {{"f", dialect_file("    formats: [{id: a, code: /code, message: /secret}]\n"
                            "    retry_hint: {header: again, values: {'yes': true}, outcome: "
                            "{'yes': not_applied}, absent: false, status: 500}\n"
                            "    retry_after: {from: /wait, format: delta_ms}\n"
                            "    redact: [{drop: /secret}]\n")}});
    const auto hinted = classify(only(set), {500, R"({"wait":250})", {{"Again", "yes"}}}).failure;
    EXPECT_TRUE(hinted.transient);
    EXPECT_EQ(hinted.outcome, errors::Outcome::not_applied);
    EXPECT_EQ(hinted.retry_after, std::chrono::milliseconds(250));
    EXPECT_FALSE(classify(only(set), {500}).failure.transient);
    EXPECT_FALSE(classify(only(set), {503}).failure.hinted);
    EXPECT_EQ(classify(only(set), {404, R"({"secret":"s"})"}).failure.message,
              errors::info(Code::not_found).message);
}

TEST(Dialects, SelectorsInEveryForm) {
    const DialectSet set = compile({{"f", dialect_file(R"(    formats:
      - id: a
        code: [/none, {from: /code, pipe: [pad6, {regex: '^(\d\d)'}, {map: {'01': POST}}]}]
        type: {join: [/a, /b], sep: '-'}
        message: {template: 'code {/code} at {status}'}
        request_id: 'header:X-Id'
        metadata:
          fallback: {from: /none, default: none}
          whole: {from: /code, regex: '\d+', group: 0}
          literal: '=word'
          mapped: {from: /a, map: {x: y, '*': z}}
        details:
          - {entries: /errors, field: '@key', code: 'root:/code', message: '@'}
)")}});
    const auto failure =
        classify(only(set),
                 {400, R"({"code":10207,"a":"1","b":2,"errors":{"f.g":"bad"}})", {{"X-Id", "r1"}}})
            .failure;
    EXPECT_EQ(failure.provider.code, "POST");
    EXPECT_EQ(failure.provider.type, "1-2");
    EXPECT_EQ(failure.message, "code 10207 at 400");
    EXPECT_EQ(failure.provider.request_id, "r1");
    std::string metadata;
    for (const auto& [name, value] : failure.metadata)
        metadata += name + "=" + value.text + " ";
    EXPECT_EQ(metadata, "fallback=none whole=10207 literal=word mapped=z ");
    ASSERT_EQ(failure.details.size(), 1U);
    EXPECT_EQ(failure.details[0].field, "/f/g");
    EXPECT_EQ(failure.details[0].code, "10207");
    EXPECT_EQ(failure.details[0].message, "bad");
}

struct PredicateCase {
    const char* name;
    const char* when;
    bool holds;
};

class Predicates : public testing::TestWithParam<PredicateCase> {};

TEST_P(Predicates, AsWritten) {
    const DialectSet set =
        compile({{"f", dialect_file("    formats: [{id: a, when: " + std::string(GetParam().when) +
                                    ", code: '=seen'}]\n")}});
    const Sent sent{422,
                    R"({"s":"err","n":100,"b":false,"z":null,"l":["a","b"],"o":{"k":1}})",
                    {{"Content-Type", "application/problem+json"}},
                    "PATCH",
                    "/v1/pay/7"};
    EXPECT_EQ(classify(only(set), sent).failure.provider.code == "seen", GetParam().holds);
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, Predicates,
    testing::Values(PredicateCase{"status", "{status: 422}", true},
                    PredicateCase{"status_class", "{status: [5xx, '4xx']}", true},
                    PredicateCase{"status_range", "{status: 400-421}", false},
                    PredicateCase{"method", "{method: [POST, PATCH]}", true},
                    PredicateCase{"path", "{path: '/v?/pay/*'}", true},
                    PredicateCase{"content", "{content: [xml, html]}", false},
                    PredicateCase{"header", R"({header: {content-type: 'problem\+json'}})", true},
                    PredicateCase{"exists", "{exists: [/s, /o/k]}", true},
                    PredicateCase{"exists_null", "{exists: /z}", false},
                    PredicateCase{"absent", "{absent: [/z, /y]}", true},
                    PredicateCase{"type", "{type: {/s: string, /l: array, '': object}}", true},
                    PredicateCase{"eq", "{eq: {/s: err, /n: 100, /b: false, /z: null}}", true},
                    PredicateCase{"in", "{in: {/l/*: [x, b]}}", true},
                    PredicateCase{"re", "{re: {/s: '^e'}}", true},
                    PredicateCase{"ge", "{ge: {/n: 101}}", false},
                    PredicateCase{"all", "{all: [{status: 422}, {exists: /y}]}", false},
                    PredicateCase{"any", "{any: [{status: 500}, {exists: /s}]}", true},
                    PredicateCase{"not", "{not: {exists: /s}}", false},
                    PredicateCase{"keys_are_and", "{exists: /s, status: 500}", false}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace errgate::config
