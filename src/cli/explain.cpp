// `errgate explain`: what a provider's answer becomes, and why.
#include "cli/commands.hpp"
#include "cli/dialect_choice.hpp"
#include "cli/explanation.hpp"
#include "cli/replay.hpp"
#include "cli/style.hpp"

#include <istream>
#include <iterator>
#include <memory>
#include <ostream>

namespace errgate::cli {
namespace {

struct Options {
    std::string dialect;
    DialectChoice choice;
    std::vector<std::string> headers;
    std::string body;
    std::string recordings;  // --jsonl
    bool replay_safe = false;
    Recording answer;
};

// 'Name: value' into the answer's fields; false: it has no colon or no name.
bool add_header(const std::string& text, Recording& answer) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0) return false;
    const auto value = text.find_first_not_of(" \t", colon + 1);
    answer.fields.emplace_back(text.substr(0, colon),
                               value == std::string::npos ? "" : text.substr(value));
    return true;
}

void print_explanation(const Explanation& result, const Recording& answer, std::ostream& out) {
    const auto& trace = result.trace;
    if (result.classification.is_error) {
        out << result.envelope.dump(2) << "\n\n";
    } else {
        out << "no error: the answer passes through untouched\n\n";
    }
    out << "answer: status " << answer.status << ", body " << trace.content_kind << '\n';
    if (result.classification.is_error) {
        out << "format: " << (trace.format.empty() ? "none matched" : trace.format) << '\n'
            << "rule:   " << (trace.rule.empty() ? "none matched, by status" : trace.rule) << '\n';
    }
    if (!trace.notes.empty()) out << "not taken:\n";
    for (const auto& note : trace.notes)
        out << "  " << note << '\n';
}

int explain_one(const Options& options, const config::DialectSet& dialects, const Io& io) {
    const auto found = dialects.find(options.dialect);
    if (found == dialects.end()) {
        io.err << "errgate: " << unknown_dialect(options.dialect, dialects) << '\n';
        return kInvalidConfiguration;
    }
    Recording answer = options.answer;
    for (const auto& header : options.headers) {
        if (add_header(header, answer)) continue;
        io.err << "errgate: --header must be 'Name: value', not '" << header << "'\n";
        return kWrongUsage;
    }
    if (options.replay_safe) answer.replay_safe = true;
    answer.body =
        options.body == "-" ? std::string(std::istreambuf_iterator<char>(io.in), {}) : options.body;
    print_explanation(explain_answer(*found->second.dialect, options.dialect, answer), answer,
                      io.out);
    return kFine;
}

int explain(const Options& options, const Io& io) {
    if (options.dialect.empty() && options.recordings.empty()) {
        io.err << "errgate: explain needs --dialect or --jsonl (see errgate explain --help)\n";
        return kWrongUsage;
    }
    std::vector<config::Problem> problems;
    const config::DialectSet dialects = choose_dialects(options.choice, problems);
    print_problems(problems, io.err);
    if (!problems.empty()) return kInvalidConfiguration;
    if (options.recordings.empty()) return explain_one(options, dialects, io);
    return replay_recordings(options.recordings, options.dialect, dialects, io);
}

}  // namespace

void add_explain(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand(
        "explain", "Print the envelope a provider's answer becomes, and which rule made it");
    auto options = std::make_shared<Options>();
    options->answer.status = 400;
    command
        ->add_option("--dialect,-d", options->dialect,
                     "Dialect that reads the answer; with --jsonl, for lines that name none")
        ->type_name("DIALECT");
    auto* config = command
                       ->add_option("--config,-c", options->choice.routes_file,
                                    "Take the dialects of this routes file")
                       ->type_name("FILE");
    command
        ->add_option("--mapping,-m", options->choice.mapping_files,
                     "Take the dialects of this mapping file and no others; may be repeated")
        ->type_name("FILE")
        ->allow_extra_args(false)
        ->excludes(config);
    command->add_option("--status,-s", options->answer.status, "The provider's status")
        ->check(CLI::Range(100, 599))
        ->capture_default_str();
    command->add_option("--method,-X", options->answer.method, "The request's method")
        ->type_name("METHOD")
        ->capture_default_str();
    command->add_option("--path", options->answer.path, "The request's path at the provider")
        ->type_name("PATH")
        ->capture_default_str();
    command
        ->add_option("--header,-H", options->headers,
                     "A field of the answer, 'Name: value'; may be repeated")
        ->type_name("FIELD")
        ->allow_extra_args(false);
    command->add_flag("--replay-safe", options->replay_safe,
                      "The request carried an idempotency key that the provider honours");
    auto* body = command->add_option("body", options->body, "The answer's body; - reads stdin");
    command
        ->add_option("--jsonl", options->recordings,
                     "Replay recorded answers, one a line, from this file; - reads stdin")
        ->type_name("FILE")
        ->excludes(body);
    command->footer(
        "Examples:\n"
        "  errgate explain --dialect kira --status 400 \\\n"
        "    '{\"code\":\"validation_error\",\"message\":\"Idempotency key is required\"}'\n"
        "  errgate explain --mapping acme.yaml --jsonl recorded.jsonl > results.jsonl\n"
        "A line is {id, dialect, request: {method, path, replay_safe}, status, headers, body,\n"
        "body_encoding}; a result {id, is_error, format, rule, envelope}.");
    command->callback(
        [&chosen, options] { chosen = [options](const Io& io) { return explain(*options, io); }; });
}

}  // namespace errgate::cli
