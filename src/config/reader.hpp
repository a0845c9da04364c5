// Typed reading of a mapping: every key asked for is allowed, every other one is a problem.
#pragma once

#include "config/document.hpp"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace errgate::config {

// Why a scalar does not fit: "expected <wanted>, got ...; <hint>".
struct Mismatch {
    std::string wanted;
    std::string hint{};
    bool secret = false;  // the text must not be shown
};
// What a conversion function (convert.hpp) makes of a scalar.
template <class T>
using Converted = std::variant<T, Mismatch>;

// The problems of one file.
class Report {
  public:
    Report(std::string file, std::vector<Problem>& problems)
        : file_(std::move(file)), problems_(problems) {}

    const std::string& file() const { return file_; }
    void add(Mark mark, std::string path, std::string message) {
        problems_.push_back({file_, mark, std::move(path), std::move(message)});
    }
    // "expected a list, got the text "x""
    void mismatch(const Value& value, std::string path, const Mismatch& mismatch);
    // Was there a mismatch at this path or below it? Then what was read there is a default, and
    // rules that need the real value do not apply.
    bool mismatched(const std::string& path) const;
    // "unknown upstream "kria"; did you mean "kira"? known: ..."
    void unknown(Mark mark, std::string path, std::string_view what, std::string_view text,
                 const std::vector<std::string_view>& known);

  private:
    bool has_problem(const std::string& path) const;

    std::string file_;
    std::vector<Problem>& problems_;
    std::set<std::string> mismatches_;  // their paths
};

// Converts one value into `out`, which stays as it was when the value does not fit.
template <class T, class Convert>
bool convert_into(Report& report, const Value& value, const std::string& path, T& out,
                  const Convert& convert) {
    Converted<T> converted = convert(value);
    if (const auto* mismatch = std::get_if<Mismatch>(&converted)) {
        report.mismatch(value, path, *mismatch);
        return false;
    }
    out = std::move(std::get<T>(converted));
    return true;
}

// The same for a value that may be left empty.
template <class T, class Convert>
bool read_scalar(Report& report, const Value& value, const std::string& path, T& out,
                 const Convert& convert) {
    return value.kind != Value::Kind::null && convert_into(report, value, path, out, convert);
}

// One mapping. Keys with no value (`ca_file:`) count as absent. Ask for every key the grammar
// knows, then finish(). A value that is no mapping is one problem and reads as empty.
class MappingReader {
  public:
    MappingReader(Report& report, const Value& value, std::string path);

    const Value* get(std::string_view key);            // null when absent
    const Value* required(std::string_view key);       // absent: finish() says so
    const Value* get_list(std::string_view key);       // of kind sequence, or null
    const Value* required_list(std::string_view key);  // absent, another kind or empty: a problem
    std::string path_of(std::string_view key) const;
    void finish();  // reports missing keys and those nobody asked for

    template <class T, class Convert>
    bool read(std::string_view key, T& out, const Convert& convert) {
        const Value* value = get(key);
        return value != nullptr && read_scalar(report_, *value, path_of(key), out, convert);
    }
    template <class T, class Convert>
    bool require(std::string_view key, T& out, const Convert& convert) {
        const Value* value = required(key);
        return value != nullptr && read_scalar(report_, *value, path_of(key), out, convert);
    }
    // Replaces `out` by the items that fit.
    template <class T, class Convert>
    void read_list(std::string_view key, std::vector<T>& out, const Convert& convert) {
        const Value* list = get_list(key);
        if (list == nullptr) return;
        out.clear();
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const std::string path = path_of(key) + "[" + std::to_string(i) + "]";
            T item{};
            if (convert_into(report_, list->items[i], path, item, convert)) {
                out.push_back(std::move(item));
            }
        }
    }
    // Reads the mapping under `key` with `body(MappingReader&)`, when it is there.
    template <class Body>
    void nested(std::string_view key, const Body& body) {
        const Value* value = get(key);
        if (value == nullptr) return;
        MappingReader reader(report_, *value, path_of(key));
        body(reader);
        reader.finish();
    }

    const Value& value() const { return value_; }
    const std::string& path() const { return path_; }
    Report& report() { return report_; }

  private:
    Report& report_;
    const Value& value_;
    std::string path_;
    std::vector<std::string_view> known_;
    std::vector<std::string_view> missing_;
};

// The first thirty, and how many more there are.
std::string join_some(const std::vector<std::string_view>& texts);
std::string join(const std::vector<std::string_view>& texts, std::string_view separator = ", ");

}  // namespace errgate::config
