// Runs one example and says what came out differently.
#include "config/dialect_examples.hpp"
#include "http/field_name.hpp"

#include <algorithm>

namespace errgate::config {
namespace {

using errors::Failure;

// Collects the lines of a diff.
class Diff {
  public:
    void text(const char* member, const std::optional<std::string>& expected,
              const std::string& got) {
        if (!expected || *expected == got) return;
        lines_ +=
            std::string(member) + ": expected " + shown(*expected) + ", got " + shown(got) + "\n";
    }
    template <class T>
    void number(const char* member, const std::optional<T>& expected, T got) {
        if (!expected) return;
        text(member, std::to_string(*expected), std::to_string(got));
    }
    void boolean(const char* member, std::optional<bool> expected, bool got) {
        if (!expected) return;
        text(member, *expected ? "true" : "false", got ? "true" : "false");
    }

    std::string take() {
        if (!lines_.empty()) lines_.pop_back();
        return std::move(lines_);
    }

  private:
    static std::string shown(const std::string& text) { return text.empty() ? "nothing" : text; }
    std::string lines_;
};

std::string to_text(const std::vector<errors::Detail>& details) {
    std::string out;
    for (const errors::Detail& detail : details) {
        out += out.empty() ? "{" : ", {";
        out += detail.field + ", " + detail.code + ", " + detail.message + "}";
    }
    return out;
}

std::string to_text(const std::map<std::string, std::string>& metadata) {
    std::string out;
    for (const auto& [name, value] : metadata)
        out += (out.empty() ? "" : ", ") + name + "=" + value;
    return out;
}

bool is_replay_safe(const Example& example) {
    constexpr std::string_view kSafe[] = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
    return example.replay_safe.value_or(
        std::find(std::begin(kSafe), std::end(kSafe), example.method) != std::end(kSafe));
}

http::Fields fields_of(const Example& example) {
    http::Fields fields;
    for (const auto& [name, value] : example.headers) {
        // find() compares known names by number.
        fields.push_back({http::field_name(name), name, value});
    }
    return fields;
}

void compare_provider(const Expected& expected, const errors::ProviderFacts& got, Diff& diff) {
    diff.text("provider_code", expected.provider_code, got.code);
    diff.text("provider_type", expected.provider_type, got.type);
    diff.text("provider_request_id", expected.provider_request_id, got.request_id);
    diff.text("decline_code", expected.decline_code, got.decline_code);
    diff.text("advice_code", expected.advice_code, got.advice_code);
}

void compare(const Example& example, const Failure& got, Diff& diff) {
    const Expected& expected = example.expected;
    diff.text("code", expected.code, std::string(errors::info(got.code).slug));
    diff.number("status", expected.status, got.status);
    diff.text("outcome", expected.outcome, std::string(errors::to_string(got.outcome)));
    diff.boolean("retryable", expected.retryable, errors::retryable(got, is_replay_safe(example)));
    diff.text("message", expected.message, got.message);
    diff.text("retry_after_ms", expected.retry_after_ms,
              got.retry_after ? std::to_string(got.retry_after->count()) : "");
    compare_provider(expected, got.provider, diff);
    if (expected.details) diff.text("details", to_text(*expected.details), to_text(got.details));
    if (expected.metadata) {
        std::map<std::string, std::string> metadata;
        for (const auto& [name, value] : got.metadata)
            metadata.emplace(name, value.text);
        diff.text("metadata", to_text(*expected.metadata), to_text(metadata));
    }
}

}  // namespace

std::string run_example(const Example& example, const mapping::Dialect& dialect) {
    using namespace std::chrono;
    constexpr base::WallTime kNow = sys_days(year(2025) / January / 1);
    const http::Fields fields = fields_of(example);
    const auto result = mapping::classify(dialect, {example.method, example.path},
                                          {example.status, fields, example.body}, kNow);
    if (result.is_error != example.expected.error) {
        return result.is_error
                   ? "is an error: " + std::string(errors::info(result.failure.code).slug)
                   : "is no error, but one was expected";
    }
    if (!result.is_error) return "";
    Diff diff;
    compare(example, result.failure, diff);
    return diff.take();
}

}  // namespace errgate::config
