// Everything a mapping file can get wrong: its place, what is wrong, and what is allowed.
#include "mapping_file.hpp"

namespace errgate::config {
namespace {

struct ProblemCase {
    const char* name;
    const char* members;  // from line 4 on
    const char* problem;  // the beginning of the only one
};

class DialectProblem : public testing::TestWithParam<ProblemCase> {};

TEST_P(DialectProblem, IsSaidWithItsPlace) {
    const auto problems = problems_of_dialect(GetParam().members);
    ASSERT_EQ(problems.size(), 1U) << problem_of_dialect(GetParam().members);
    EXPECT_EQ(problems[0].substr(0, std::string_view(GetParam().problem).size()),
              GetParam().problem);
}

const ProblemCase kCases[] = {
    {"unknown_dialect_key", "    formatz: []\n",
     "f:4:5: dialects.d.formatz: unknown key; did you mean \"formats\"?"},
    {"unknown_format_key", "    formats:\n      - {id: a, mesage: /m}\n",
     "f:5:17: dialects.d.formats[0].mesage: unknown key; did you mean \"message\"?"},
    {"unknown_predicate_key", "    detect: [{exist: /a}]\n",
     "f:4:15: dialects.d.detect[0].exist: unknown key; did you mean \"exists\"?"},
    {"unknown_match_key", "    rules: [{match: {cod: X}, to: not_found}]\n",
     "f:4:22: dialects.d.rules[0].match.cod: unknown key; did you mean \"code\"?"},
    {"unknown_code", "    rules: [{match: {code: X}, to: notfound}]\n",
     "f:4:36: dialects.d.rules[0].to: unknown canonical code \"notfound\"; did you mean "
     "\"not_found\"?"},
    {"missing_to", "    rules: [{match: {code: X}}]\n",
     "f:4:13: dialects.d.rules[0].to: is required"},
    {"missing_match", "    rules: [{to: not_found}]\n",
     "f:4:13: dialects.d.rules[0].match: is required"},
    {"missing_format_id", "    formats: [{code: /a}]\n",
     "f:4:15: dialects.d.formats[0].id: is required"},
    {"octal_code", "    rules: [{match: {code: 010207}, to: not_found}]\n",
     "f:4:28: dialects.d.rules[0].match.code: expected a quoted text, got \"010207\"; write "
     "'010207'"},
    {"number_in_a_code_list", "    rules: [{match: {code: [A, 5]}, to: not_found}]\n",
     "f:4:32: dialects.d.rules[0].match.code[1]: expected a quoted text, got \"5\""},
    {"norway_code", "    rules: [{match: {type: NO}, to: not_found}]\n",
     "f:4:28: dialects.d.rules[0].match.type: expected a quoted text, got \"NO\""},
    {"bad_regex", "    rules: [{match: {message: '(a'}, to: not_found}]\n",
     "f:4:31: dialects.d.rules[0].match.message: expected a regular expression (RE2 syntax), got "
     "the text \"(a\"; missing ): (a"},
    {"look_ahead", "    detect: [{re: {/a: '(?=x)'}}]\n",
     "f:4:24: dialects.d.detect[0].re./a: expected a regular expression (RE2 syntax), got the text "
     "\"(?=x)\"; invalid perl operator"},
    {"bad_pointer", "    formats: [{id: a, when: {exists: code}}]\n",
     "f:4:38: dialects.d.formats[0].when.exists: expected a pointer"},
    {"bad_pointer_escape", "    formats: [{id: a, metadata_from: /a~2}]\n",
     "f:4:38: dialects.d.formats[0].metadata_from: expected a pointer"},
    {"bad_pointer_key", "    detect: [{eq: {status: error}}]\n",
     "f:4:20: dialects.d.detect[0].eq.status: expected a pointer"},
    {"bad_selector", "    formats: [{id: a, code: code}]\n",
     "f:4:29: dialects.d.formats[0].code: expected a selector"},
    {"element_selector_outside", "    formats: [{id: a, code: '@key'}]\n",
     "f:4:29: dialects.d.formats[0].code: expected a selector"},
    {"selector_without_source", "    formats: [{id: a, code: {pipe: [trim]}}]\n",
     "f:4:29: dialects.d.formats[0].code: needs exactly one of from, join, template"},
    {"selector_with_two_sources", "    formats: [{id: a, code: {from: /a, join: /b}}]\n",
     "f:4:29: dialects.d.formats[0].code: needs exactly one of from, join, template"},
    {"bad_template_part", "    formats: [{id: a, code: {template: 'x {y}'}}]\n",
     "f:4:40: dialects.d.formats[0].code.template: \"{y}\" is no selector"},
    {"unknown_pipe_op", "    formats: [{id: a, code: {from: /a, pipe: [lwer]}}]\n",
     "f:4:47: dialects.d.formats[0].code.pipe[0]: expected one of lower, upper, trim, snake, pad6, "
     "strip_tags, urn_tail, got \"lwer\"; did you mean \"lower\"?"},
    {"regex_without_group", "    formats: [{id: a, code: {from: /a, regex: 'a+'}}]\n",
     "f:4:29: dialects.d.formats[0].code.regex: has no group to capture"},
    {"group_past_the_last", "    formats: [{id: a, code: {from: /a, regex: '(a)', group: 2}}]\n",
     "f:4:61: dialects.d.formats[0].code.group: expected a whole number from 0 to 1, got \"2\""},
    {"unknown_preset", "    formats: [use: egde]\n",
     "f:4:20: dialects.d.formats[0].use: unknown preset \"egde\"; did you mean \"edge\"?"},
    {"preset_without_rules", "    rules: [use: edge]\n",
     "f:4:18: dialects.d.rules[0]: preset \"edge\" has no rules"},
    {"bad_status", "    detect: [{status: 6xx}]\n",
     "f:4:23: dialects.d.detect[0].status: expected a status (404), a class (5xx) or a range "
     "(400-499), got \"6xx\""},
    {"turned_range", "    detect: [{status: 499-400}]\n",
     "f:4:23: dialects.d.detect[0].status: expected a status"},
    {"bad_content_kind", "    detect: [{content: jsn}]\n",
     "f:4:24: dialects.d.detect[0].content: expected one of json, xml, html, form, lines, text, "
     "empty, got \"jsn\"; did you mean \"json\"?"},
    {"bad_type", "    detect: [{type: {/a: integer}}]\n",
     "f:4:26: dialects.d.detect[0].type./a: expected one of string, object, array, boolean, "
     "number, "
     "null"},
    {"empty_detect", "    detect: [{}]\n",
     "f:4:14: dialects.d.detect[0]: asks for nothing: every response is an error"},
    {"bad_outcome", "    rules: [{match: {}, to: timeout, outcome: maybe}]\n",
     "f:4:47: dialects.d.rules[0].outcome: expected one of not_applied, unknown, got \"maybe\""},
    {"details_without_source", "    formats: [{id: a, details: [{code: /c}]}]\n",
     "f:4:33: dialects.d.formats[0].details[0]: needs each"},
    {"details_with_both", "    formats: [{id: a, details: [{each: /a, entries: /b}]}]\n",
     "f:4:33: dialects.d.formats[0].details[0]: has both each and entries"},
    {"duplicate_format_id", "    formats: [{id: a, when: {status: 400}}, {id: a}]\n",
     "f:4:45: dialects.d.formats[1]: a format with the id \"a\" exists already"},
    {"unreachable_format", "    formats: [{id: a}, {id: b}]\n",
     "f:4:24: dialects.d.formats[1]: never reached: format \"a\" before it has no `when`"},
    {"keys_without_a_place", "    idempotency: {replays: all}\n",
     "f:4:18: dialects.d.idempotency: says that keys are replayed, but names neither"},
    {"bad_replays", "    idempotency: {header: K, replays: some}\n",
     "f:4:39: dialects.d.idempotency.replays: expected one of all, success, none, got \"some\""},
    {"hint_without_values", "    retry_hint: [{header: h}]\n",
     "f:4:18: dialects.d.retry_hint[0].values: is required"},
    {"bad_wait_format", "    retry_after: [{from: /a, format: minutes}]\n",
     "f:4:38: dialects.d.retry_after[0].format: expected one of auto, delta_s"},
    {"redaction_of_nothing", "    redact: [{}]\n",
     "f:4:14: dialects.d.redact[0]: needs either drop or mask"},
    {"example_expects_nothing", "    examples: [{id: a, status: 400, expect: {}}]\n",
     "f:4:45: dialects.d.examples[0].expect: expects nothing, so it can never fail"},
    {"duplicate_example_id",
     "    examples:\n      - {id: a, status: 400, expect: {code: x}}\n"
     "      - {id: a, status: 400, expect: {code: x}}\n",
     "f:6:9: dialects.d.examples[1]: an example with the id \"a\" exists already"},
    {"unknown_expectation", "    examples: [{id: a, status: 400, expect: {codee: x}}]\n",
     "f:4:46: dialects.d.examples[0].expect.codee: unknown key; did you mean \"code\"?"},
    {"method_in_small_letters", "    detect: [{method: post}]\n",
     "f:4:23: dialects.d.detect[0].method: expected one of GET, HEAD, POST, PUT, PATCH, DELETE, "
     "OPTIONS, TRACE, got \"post\"; did you mean \"POST\"?"},
    {"path_without_slash", "    detect: [{path: payments}]\n",
     "f:4:21: dialects.d.detect[0].path: expected a path that begins with / or *, got"},
    {"key_path_without_slash", "    idempotency: {paths: [v1], header: K, replays: all}\n",
     "f:4:27: dialects.d.idempotency.paths[0]: expected a path that begins with / or *"},
    {"compared_with_an_octal", "    detect: [{eq: {/a: 0107}}]\n",
     "f:4:24: dialects.d.detect[0].eq./a: expected a quoted text, got \"0107\"; write '0107'"},
    {"compared_with_norway", "    detect: [{in: {/a: [SE, NO]}}]\n",
     "f:4:29: dialects.d.detect[0].in./a[1]: expected a quoted text, got \"NO\"; write 'NO'"},
    {"code_y", "    rules: [{match: {code: y}, to: not_found}]\n",
     "f:4:28: dialects.d.rules[0].match.code: expected a quoted text, got \"y\""},
    {"empty_code", "    rules: [{match: {code: ['']}, to: not_found}]\n",
     "f:4:29: dialects.d.rules[0].match.code[0]: expected a text that is not empty"},
    {"type_test_in_a_rule", "    rules: [{match: {type: {/q: string}}, to: not_found}]\n",
     "f:4:28: dialects.d.rules[0].match.type: is the provider's word here, a text; for the type "
     "of a member write all: [{type: {...}}]"},
    {"header_selector_with_a_blank", "    formats: [{id: a, code: 'header:X Y'}]\n",
     "f:4:29: dialects.d.formats[0].code: expected a selector"},
    {"template_that_is_not_closed", "    formats: [{id: a, code: {template: 'a {/b'}}]\n",
     "f:4:40: dialects.d.formats[0].code.template: has a { that no } closes"},
    {"embed_as_a_pointer", "    formats: [{id: a, embed: [{at: /a, as: /p, decode: json}]}]\n",
     "f:4:44: dialects.d.formats[0].embed[0].as: expected the name of a new member of the root"},
    {"details_that_say_nothing", "    formats: [{id: a, details: [{each: /a}]}]\n",
     "f:4:33: dialects.d.formats[0].details[0]: needs at least one of field, code, message"},
    {"code_of_the_gateway", "    rules: [{match: {code: X}, to: circuit_open}]\n",
     "f:4:36: dialects.d.rules[0].to: \"circuit_open\" is said of this gateway itself"},
    {"transient_decline",
     "    rules: [{match: {code: X}, to: insufficient_funds, transient: true}]\n",
     "f:4:67: dialects.d.rules[0].transient: a decline (\"insufficient_funds\") is never "
     "transient"},
    {"formats_not_a_mapping", "    formats: [text]\n",
     "f:4:15: dialects.d.formats[0]: expected a mapping, got \"text\""},
};

INSTANTIATE_TEST_SUITE_P(Files, DialectProblem, testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(DialectProblems, AllAtOnce) {
    const auto problems = problems_of_dialect(
        "    formats: [{id: a, code: bad, mesage: /m}]\n"
        "    rules: [{match: {code: 5}, to: nope}]\n");
    EXPECT_EQ(problems.size(), 4U);
}

TEST(DialectProblems, OfAPresetAreSaidOnceHoweverOftenItIsUsed) {
    const auto problems =
        mapping_problems({{"f",
                           "version: 1\npresets:\n  p: {formats: [{id: a, code: bad}]}\ndialects:\n"
                           "  d: {use: p}\n  e: {use: p}\n"}});
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].substr(0, 36), "f:3:31: presets.p.formats[0].code: e");
}

TEST(DialectProblems, APresetUsesNoOther) {
    EXPECT_EQ(mapping_problems({{"f", "version: 1\npresets:\n  p: {formats: [use: edge]}\n"}}),
              std::vector<std::string>{
                  "f:3:22: presets.p.formats[0].use: a preset uses no other preset"});
}

TEST(DialectProblems, MoreMetadataThanAnEnvelopeTakes) {
    std::string members = "    formats: [{id: a, metadata: {";
    for (int i = 0; i < 33; ++i)
        members += "m" + std::to_string(i) + ": /m, ";
    const std::string problem = problem_of_dialect(members + "}}]\n");
    EXPECT_NE(problem.find("dialects.d.formats[0].metadata: has 33 members, at most 32 leave"),
              std::string::npos)
        << problem;
}

TEST(DialectProblems, WhatEveryReaderUnderstandsNeedsNoQuotes) {
    EXPECT_EQ(problem_of_dialect("    detect: [{eq: {/a: false, /b: 100, /c: 1.5, /d: null, "
                                 "/e: 'NO', /f: ''}}, {in: {/a: [5, true, A1, E003]}}]\n"),
              "");
}

TEST(DialectProblems, OfTheTopLevel) {
    EXPECT_EQ(mapping_problems({{"f", "dialects: {}\n"}}),
              std::vector<std::string>{"f:1:1: version: is required"});
    EXPECT_EQ(mapping_problems({{"f", "version: 1\ndialect: {}\n"}})[0].substr(0, 59),
              "f:2:1: dialect: unknown key; did you mean \"dialects\"? allow");
    EXPECT_EQ(
        mapping_problems({{"f", "version: 1\ndialects: [a]\n"}}),
        std::vector<std::string>{"f:2:11: dialects: expected a mapping of names, got a list"});
    EXPECT_EQ(mapping_problems({{"f", "version: 1\ndialects: {'a b': {}}\n"}}).size(), 1U);
}

}  // namespace
}  // namespace errgate::config
