#include "config/dialect_rule.hpp"

#include "config/dialect_predicate.hpp"
#include "config/dialect_selector.hpp"
#include "config/dialect_terms.hpp"
#include "mapping/pointer.hpp"

namespace errgate::config {
namespace {

using mapping::Rule;

constexpr std::size_t kMaxLabel = 120;

void read_globs(MappingReader& reader, const char* key, mapping::Globs& out) {
    const Value* const value = reader.get(key);
    if (value == nullptr) return;
    if (value->kind == Value::Kind::mapping && std::string_view(key) == "type") {
        return reader.report().add(
            value->mark, reader.path_of(key),
            "is the provider's word here, a text; for the type of a member write "
            "all: [{type: {...}}]");
    }
    out = read_items(reader.report(), *value, reader.path_of(key), glob());
    if (value->kind == Value::Kind::sequence && value->items.empty()) {
        reader.report().add(value->mark, reader.path_of(key), "an empty list matches nothing");
    }
}

bool is_glob_key(std::string_view key) {
    return key == "code" || key == "type" || key == "detail_code" || key == "network" ||
           key == "advice";
}

void read_match(MappingReader& reader, LoadedRule& loaded) {
    reader.nested("match", [&](MappingReader& match) {
        Rule& rule = loaded.rule;
        read_globs(match, "code", rule.code);
        read_globs(match, "type", rule.type);
        read_globs(match, "detail_code", rule.detail_code);
        read_globs(match, "network", rule.network);
        read_globs(match, "advice", rule.advice);
        mapping::Pattern message;
        if (match.read("message", message, pattern(true))) rule.message = std::move(message);
        rule.where = read_tests(match, TypeKey::is_taken);
        for (const mapping::Test& test : rule.where.tests) {
            const auto* const status = std::get_if<mapping::StatusTest>(&test);
            if (status != nullptr) loaded.status = *status;
        }
        for (const auto& [key, value] : match.value().members) {
            if (!is_glob_key(key) && key != "status")
                loaded.tests.emplace_back(key, compact(value));
        }
    });
}

// A value that begins like a selector is one; any other text stands for itself.
bool is_selector(const Value& value) {
    const std::string& text = value.text;
    return value.kind != Value::Kind::scalar || text.starts_with('/') || text.starts_with('=') ||
           text.starts_with('@') || text.starts_with("header:") || text == "status";
}

void read_rule_metadata(MappingReader& reader, Rule& rule) {
    const Value* const metadata = reader.get("metadata");
    if (metadata == nullptr) return;
    Report& report = reader.report();
    for_each_member(
        report, *metadata, reader.path_of("metadata"),
        [&](const std::string& name, Mark, const Value& value, const std::string& path) {
            mapping::Selector literal;
            literal.text = value.text;
            auto selector = is_selector(value) ? read_selector(report, value, path)
                                               : std::optional(std::move(literal));
            if (selector) rule.metadata.emplace_back(name, std::move(*selector));
        });
}

void read_rule_details(MappingReader& reader, Rule& rule) {
    const Value* const details = reader.get("details");
    if (details == nullptr) return;
    for_each_item(*details, reader.path_of("details"), [&](const Value& item, const auto& at) {
        MappingReader detail(reader.report(), item, at);
        errors::Detail out;
        std::string field;
        detail.read("field", field, text());
        detail.read("code", out.code, text());
        detail.read("message", out.message, text());
        detail.finish();
        out.field = mapping::field_pointer(field);
        rule.details.push_back(std::move(out));
    });
}

bool is_of_this_gateway(errors::Code code) {
    using errors::Code;
    return code == Code::circuit_open || code == Code::gateway_overloaded ||
           code == Code::request_canceled || code == Code::gateway_error;
}

// The same payment, sent again, would be declined again, and card networks fine those who try.
bool is_decline(errors::Code code) {
    const errors::CodeInfo& info = errors::info(code);
    return info.category == errors::Category::payment && !info.transient;
}

void read_target(MappingReader& reader, Rule& rule) {
    std::string slug;
    const Value* const to = reader.required("to");
    if (to == nullptr || !read_scalar(reader.report(), *to, reader.path_of("to"), slug, text())) {
        return;
    }
    if (const auto code = errors::find_code(slug)) {
        if (is_of_this_gateway(*code)) {
            reader.report().add(to->mark, reader.path_of("to"),
                                "\"" + slug +
                                    "\" is said of this gateway itself, never of what a "
                                    "provider answered");
        }
        rule.to = *code;
        return;
    }
    std::vector<std::string_view> slugs;
    for (const errors::CodeInfo& info : errors::all_codes())
        slugs.push_back(info.slug);
    reader.report().unknown(to->mark, reader.path_of("to"), "canonical code", slug, slugs);
}

std::string label_of(const Value& rule, const std::string& label) {
    const Value* const match = rule.find("match");
    if (match == nullptr || match->members.empty()) return label;
    std::string text = label + " " + compact(*match);
    if (text.size() > kMaxLabel) text = text.substr(0, kMaxLabel) + "...";
    return text;
}

}  // namespace

LoadedRule read_rule(Report& report, const Value& value, const std::string& path,
                     const std::string& label) {
    MappingReader reader(report, value, path);
    LoadedRule loaded;
    loaded.mark = value.mark;
    loaded.path = path;
    Rule& rule = loaded.rule;
    rule.label = label_of(value, label);
    reader.required("match");
    read_match(reader, loaded);
    read_target(reader, rule);
    errors::Outcome outcome{};
    if (reader.read("outcome", outcome,
                    choice<errors::Outcome>({{"not_applied", errors::Outcome::not_applied},
                                             {"unknown", errors::Outcome::unknown}}))) {
        rule.outcome = outcome;
    }
    bool transient = false;
    if (reader.read("transient", transient, boolean())) rule.transient = transient;
    if (transient && is_decline(rule.to)) {
        report.add(
            reader.get("transient")->mark, reader.path_of("transient"),
            "a decline (\"" + std::string(errors::info(rule.to).slug) + "\") is never transient");
    }
    read_rule_metadata(reader, rule);
    read_rule_details(reader, rule);
    reader.finish();
    return loaded;
}

}  // namespace errgate::config
