#include "config/unsupported.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace errgate::config {
namespace {

// Deleting a row is all it takes to allow the key: the reader knows every one of them.
struct Row {
    std::string_view path;        // "*": any key; "[]": any item, or a value that is no list
    std::string_view other_than;  // the value that is allowed
};

constexpr Row kRows[] = {
    {"access_log.format", "json"},
};

bool refuses(const Row& row, const Value& value) {
    return value.kind == Value::Kind::scalar && value.text != row.other_than;
}

std::string message(const Row& row, std::string_view key) {
    return std::string(key) + " other than " + std::string(row.other_than) +
           " is not supported yet";
}

class Search {
  public:
    Search(const Row& row, Report& report) : row_(row), report_(report) {}

    // `pattern` is what is left of the row's path, `key` the last key on the way here.
    void walk(const Value& value, Mark mark, std::string_view pattern, const std::string& path,
              std::string_view key) {
        if (pattern.empty()) {
            if (refuses(row_, value) && !report_.mismatched(path))
                report_.add(mark, path, message(row_, key));
            return;
        }
        const auto dot = std::min(pattern.find('.'), pattern.size());
        const std::string_view segment = pattern.substr(0, dot);
        const std::string_view rest = pattern.substr(std::min(dot + 1, pattern.size()));
        if (segment == "[]") return walk_items(value, mark, rest, path, key);
        for (std::size_t i = 0; i < value.members.size(); ++i) {
            const auto& [name, member] = value.members[i];
            if (segment != "*" && segment != name) continue;
            walk(member, value.member_marks[i], rest, path.empty() ? name : path + "." + name,
                 name);
        }
    }

  private:
    void walk_items(const Value& value, Mark mark, std::string_view rest, const std::string& path,
                    std::string_view key) {
        if (value.kind != Value::Kind::sequence) return walk(value, mark, rest, path, key);
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            const Value& item = value.items[i];
            walk(item, item.mark, rest, path + "[" + std::to_string(i) + "]", key);
        }
    }

    const Row& row_;
    Report& report_;
};

}  // namespace

bool is_unsupported(std::string_view path) {
    return std::any_of(std::begin(kRows), std::end(kRows),
                       [path](const Row& r) { return r.path == path; });
}

void report_unsupported(const Value& root, Report& report) {
    for (const Row& row : kRows)
        Search(row, report).walk(root, root.mark, row.path, "", "");
}

}  // namespace errgate::config
