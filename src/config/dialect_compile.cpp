#include "config/dialect_compile.hpp"

#include "config/dialect_examples.hpp"
#include "config/dialect_format.hpp"
#include "config/dialect_lint.hpp"
#include "config/dialect_predicate.hpp"
#include "config/dialect_selector.hpp"
#include "config/dialect_terms.hpp"

namespace errgate::config {
namespace {

using namespace mapping;

const Preset* find_preset(Report& report, const Value& name, const std::string& path,
                          const Presets* presets) {
    if (presets == nullptr) {
        report.add(name.mark, path, "a preset uses no other preset");
        return nullptr;
    }
    const auto found = presets->find(name.text);
    if (found != presets->end()) return &found->second;
    std::vector<std::string_view> known;
    for (const auto& [each, preset] : *presets)
        known.push_back(each);
    report.unknown(name.mark, path, "preset", name.text, known);
    return nullptr;
}

// `{use: name}` inside a list; then the preset's list stands in its place.
const Value* use_entry(const Value& value) {
    return value.members.size() == 1 ? value.find("use") : nullptr;
}

// Reads the lists of one dialect, presets put in where they are used.
class ListReader {
  public:
    // `presets`: what `use` may name; null inside of a preset, which uses none.
    ListReader(Report& report, const Presets* presets) : report_(report), presets_(presets) {}

    void read_formats(const Value& list, const std::string& path) {
        for_each_item(list, path, [&](const Value& item, const std::string& at) {
            if (const Value* use = use_entry(item)) {
                return use_formats(find_preset(report_, *use, at + ".use", presets_), *use, at);
            }
            add_format(read_format(report_, item, at), item.mark, at);
        });
    }

    void read_rules(const Value& list, const std::string& path, const std::string& label) {
        std::size_t index = 0;
        for_each_item(list, path, [&](const Value& item, const std::string& at) {
            const std::string name = label + "[" + std::to_string(index++) + "]";
            if (const Value* use = use_entry(item)) {
                return use_rules(find_preset(report_, *use, at + ".use", presets_), *use, at);
            }
            rules.push_back(read_rule(report_, item, at, name));
        });
    }

    // `use` of the dialect itself: behind everything else.
    void use_all(const Value& names, const std::string& path) {
        for_each_item(names, path, [&](const Value& name, const std::string& at) {
            const Preset* const preset = find_preset(report_, name, at, presets_);
            if (preset == nullptr) return;
            // What the dialect has of its own may well cover a preset's formats.
            formats.insert(formats.end(), preset->formats.begin(), preset->formats.end());
            add_rules(*preset);
        });
    }

    std::vector<Format> formats;
    std::vector<LoadedRule> rules;

  private:
    void use_formats(const Preset* preset, const Value& use, const std::string& path) {
        if (preset == nullptr) return;
        if (preset->formats.empty()) {
            report_.add(use.mark, path, "preset \"" + use.text + "\" has no formats");
        }
        for (const Format& format : preset->formats)
            add_format(format, use.mark, path);
    }

    void use_rules(const Preset* preset, const Value& use, const std::string& path) {
        if (preset == nullptr) return;
        if (preset->rules.empty()) {
            report_.add(use.mark, path, "preset \"" + use.text + "\" has no rules");
        }
        add_rules(*preset);
    }

    void add_rules(const Preset& preset) {
        for (LoadedRule rule : preset.rules) {
            rule.own = false;
            rules.push_back(std::move(rule));
        }
    }

    void add_format(Format format, Mark mark, const std::string& path) {
        for (const Format& earlier : formats) {
            if (earlier.id == format.id && !format.id.empty()) {
                report_.add(mark, path,
                            "a format with the id \"" + format.id + "\" exists already");
            } else if (earlier.when.tests.empty()) {
                report_.add(mark, path,
                            "never reached: format \"" + earlier.id +
                                "\" before it has no `when`, so it always matches");
            } else {
                continue;
            }
            break;
        }
        formats.push_back(std::move(format));
    }

    Report& report_;
    const Presets* presets_;
};

Idempotency read_idempotency(Report& report, const Value& item, const std::string& path) {
    using Replays = Idempotency::Replays;
    Idempotency out;
    MappingReader reader(report, item, path);
    std::string field;
    reader.read_list("paths", out.paths, path_glob());
    reader.read("header", out.header, header_name());
    reader.read("body_field", field, text());
    out.body_field = field_pointer(field);
    reader.require(
        "replays", out.replays,
        choice<Replays>(
            {{"all", Replays::all}, {"success", Replays::success}, {"none", Replays::none}}));
    reader.read_list("required_on", out.required_on, method());
    std::int64_t ttl = 0;
    constexpr std::int64_t kYear = 366 * 24 * 3600;
    if (reader.read("ttl_s", ttl, whole_number<std::int64_t>(1, kYear))) {
        out.ttl = std::chrono::seconds(ttl);
    }
    reader.finish();
    if (out.replays != Replays::none && out.header.empty() && out.body_field.empty()) {
        report.add(item.mark, path,
                   "says that keys are replayed, but names neither header nor body_field");
    }
    return out;
}

std::vector<Predicate> read_detect(MappingReader& dialect) {
    std::vector<Predicate> out;
    const Value* const detect = dialect.get("detect");
    if (detect == nullptr) return out;
    for_each_item(*detect, dialect.path_of("detect"), [&](const Value& item, const auto& at) {
        if (item.kind == Value::Kind::mapping && item.members.empty()) {
            dialect.report().add(item.mark, at, "asks for nothing: every response is an error");
        }
        out.push_back(read_predicate(dialect.report(), item, at));
    });
    return out;
}

RetryHint read_retry_hint(Report& report, const Value& value, const std::string& path) {
    MappingReader reader(report, value, path);
    RetryHint hint;
    reader.require("header", hint.header, header_name());
    const auto read_words = [&](const char* key, auto& words, const auto& convert) {
        const Value* const map = reader.get(key);
        if (map == nullptr) return;
        for_each_member(report, *map, reader.path_of(key),
                        [&](const std::string& word, Mark, const Value& item, const auto& at) {
                            read_scalar(report, item, at, words[word], convert);
                        });
    };
    reader.required("values");
    read_words("values", hint.values, boolean());
    read_words("outcome", hint.outcomes,
               choice<errors::Outcome>({{"not_applied", errors::Outcome::not_applied},
                                        {"unknown", errors::Outcome::unknown}}));
    bool absent = false;
    if (reader.read("absent", absent, boolean())) hint.absent = absent;
    if (const Value* status = reader.get("status")) {
        hint.statuses = {read_items(report, *status, reader.path_of("status"), status_range())};
    }
    reader.finish();
    return hint;
}

WaitSource read_wait(Report& report, const Value& value, const std::string& path) {
    MappingReader reader(report, value, path);
    WaitSource wait;
    reader.required("from");
    if (auto from = read_selector(reader, "from")) wait.from = std::move(*from);
    reader.read("format", wait.format,
                choice<WaitFormat>({{"auto", WaitFormat::automatic},
                                    {"delta_s", WaitFormat::delta_s},
                                    {"delta_ms", WaitFormat::delta_ms},
                                    {"epoch_s", WaitFormat::epoch_s},
                                    {"http_date", WaitFormat::http_date},
                                    {"duration", WaitFormat::duration}}));
    reader.finish();
    return wait;
}

BodyRedaction read_redaction(Report& report, const Value& value, const std::string& path) {
    MappingReader reader(report, value, path);
    BodyRedaction out;
    const bool drop = reader.read("drop", out.pointer, pointer());
    const bool mask = reader.read("mask", out.pointer, pointer());
    out.drop = drop;
    if (drop == mask && !report.mismatched(path)) {
        report.add(value.mark, path, "needs either drop or mask, with a pointer");
    }
    reader.finish();
    return out;
}

// A list of one kind of entry.
template <class T>
void read_entries(MappingReader& dialect, const char* key, std::vector<T>& out,
                  T (*read)(Report&, const Value&, const std::string&)) {
    const Value* const value = dialect.get(key);
    if (value == nullptr) return;
    for_each_item(*value, dialect.path_of(key), [&](const Value& item, const std::string& at) {
        out.push_back(read(dialect.report(), item, at));
    });
}

void read_lists(MappingReader& reader, ListReader& lists) {
    if (const Value* v = reader.get("formats")) lists.read_formats(*v, reader.path_of("formats"));
    if (const Value* v = reader.get("rules")) {
        lists.read_rules(*v, reader.path_of("rules"), "rules");
    }
    if (const Value* v = reader.get("use")) lists.use_all(*v, reader.path_of("use"));
}

}  // namespace

Preset read_preset(Report& report, const Value& value, const std::string& path,
                   const std::string& name) {
    MappingReader reader(report, value, path);
    ListReader lists(report, nullptr);
    if (const Value* v = reader.get("formats")) lists.read_formats(*v, reader.path_of("formats"));
    if (const Value* v = reader.get("rules")) {
        lists.read_rules(*v, reader.path_of("rules"), name + ".rules");
    }
    reader.finish();
    lint_rules(report, lists.rules);
    return {report.file(), std::move(lists.formats), std::move(lists.rules)};
}

DialectParts read_dialect(Report& report, const Value& value, const std::string& path,
                          const std::string& name, const Presets& presets) {
    MappingReader reader(report, value, path);
    DialectParts parts;
    parts.name = name;
    read_entries(reader, "idempotency", parts.idempotency, read_idempotency);
    reader.read_list("request_id_headers", parts.request_id_headers, header_name());
    parts.detect = read_detect(reader);
    ListReader lists(report, &presets);
    read_lists(reader, lists);
    read_entries(reader, "retry_hint", parts.retry_hints, read_retry_hint);
    read_entries(reader, "retry_after", parts.waits, read_wait);
    read_entries(reader, "redact", parts.redactions, read_redaction);
    if (const Value* examples = reader.get("examples")) {
        read_examples(report, *examples, reader.path_of("examples"));
    }
    reader.finish();
    lint_rules(report, lists.rules);
    parts.formats = std::move(lists.formats);
    for (LoadedRule& loaded : lists.rules)
        parts.rules.push_back(std::move(loaded.rule));
    return parts;
}

}  // namespace errgate::config
