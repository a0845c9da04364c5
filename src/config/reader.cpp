#include "config/reader.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace errgate::config {
namespace {

constexpr std::size_t kMaxShownBytes = 60;

std::string shown(std::string_view text) {
    std::string out;
    for (const char c : base::truncate_utf8(text, kMaxShownBytes)) {
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
    if (text.size() > kMaxShownBytes) out += "...";
    return "\"" + out + "\"";
}

std::string what_came(const Value& value, bool secret) {
    switch (value.kind) {
        case Value::Kind::null:
            return "nothing";
        case Value::Kind::sequence:
            return "a list";
        case Value::Kind::mapping:
            return "a mapping";
        case Value::Kind::scalar:
            break;
    }
    if (value.from_environment) return "another text from the environment";
    if (secret) return "another text";
    return (value.quoted ? "the text " : "") + shown(value.text);
}

std::string suggestion(std::string_view text, const std::vector<std::string_view>& known) {
    const std::string meant = did_you_mean(text, known);
    return meant.empty() ? "" : "; did you mean \"" + meant + "\"?";
}

}  // namespace

std::string join(const std::vector<std::string_view>& texts, std::string_view separator) {
    std::string out;
    for (const std::string_view text : texts) {
        if (!out.empty()) out += separator;
        out += text;
    }
    return out;
}

std::string join_some(const std::vector<std::string_view>& texts) {
    constexpr std::size_t most = 30;
    if (texts.size() <= most) return join(texts);
    const std::vector<std::string_view> first(texts.begin(), texts.begin() + most);
    return join(first) + " and " + std::to_string(texts.size() - most) + " more";
}

void Report::mismatch(const Value& value, std::string path, const Mismatch& mismatch) {
    mismatches_.insert(path);
    if (value.from_environment && has_problem(path)) return;  // an unset variable: said already
    std::string message =
        "expected " + mismatch.wanted + ", got " + what_came(value, mismatch.secret);
    if (!mismatch.hint.empty() && value.kind == Value::Kind::scalar)
        message += "; " + mismatch.hint;
    add(value.mark, std::move(path), std::move(message));
}

bool Report::has_problem(const std::string& path) const {
    return std::any_of(problems_.begin(), problems_.end(), [&](const Problem& problem) {
        return problem.path == path && problem.file == file_;
    });
}

bool Report::mismatched(const std::string& path) const {
    const auto below = [&](const std::string& prefix) {
        const auto next = mismatches_.lower_bound(prefix);
        return next != mismatches_.end() && next->starts_with(prefix);
    };
    return mismatches_.contains(path) || below(path + ".") || below(path + "[");
}

void Report::unknown(Mark mark, std::string path, std::string_view what, std::string_view text,
                     const std::vector<std::string_view>& known) {
    const std::string meant = suggestion(text, known);
    std::string message = "unknown " + std::string(what) + " " + shown(text) + meant;
    if (!known.empty()) message += (meant.empty() ? "; known: " : " known: ") + join_some(known);
    add(mark, std::move(path), std::move(message));
}

MappingReader::MappingReader(Report& report, const Value& value, std::string path)
    : report_(report), value_(value), path_(std::move(path)) {
    if (value.kind != Value::Kind::mapping) report_.mismatch(value, path_, {"a mapping"});
}

std::string MappingReader::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const Value* MappingReader::get(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
    const Value* found = value_.find(key);
    return found == nullptr || found->kind == Value::Kind::null ? nullptr : found;
}

const Value* MappingReader::required(std::string_view key) {
    const Value* found = get(key);
    if (found == nullptr && value_.kind == Value::Kind::mapping) {
        missing_.push_back(key);
    }
    return found;
}

const Value* MappingReader::get_list(std::string_view key) {
    const Value* found = get(key);
    if (found == nullptr || found->kind == Value::Kind::sequence) return found;
    report_.mismatch(*found, path_of(key), {"a list"});
    return nullptr;
}

const Value* MappingReader::required_list(std::string_view key) {
    if (required(key) == nullptr) return nullptr;
    const Value* list = get_list(key);
    if (list != nullptr && list->items.empty()) {
        report_.add(list->mark, path_of(key), "needs at least one entry");
    }
    return list;
}

void MappingReader::finish() {
    for (std::size_t i = 0; i < value_.members.size(); ++i) {
        const std::string& key = value_.members[i].first;
        if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
        const std::string meant = suggestion(key, known_);
        report_.add(
            value_.member_marks[i], path_of(key),
            "unknown key" + meant + (meant.empty() ? "; " : " ") + "allowed: " + join(known_));
        std::erase(missing_, did_you_mean(key, known_));  // misspelt is not missing
    }
    for (const std::string_view key : missing_) {
        report_.add(value_.mark, path_of(key), "is required");
    }
}

}  // namespace errgate::config
