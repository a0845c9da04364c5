// The small words of the mapping language: pointers, expressions, statuses, codes; one or many of
// them.
#pragma once

#include "config/convert.hpp"
#include "mapping/pattern.hpp"
#include "mapping/pointer.hpp"
#include "mapping/predicate.hpp"

#include <optional>
#include <string>
#include <vector>

namespace errgate::config {

Convert<mapping::Pointer> pointer();
// `ignore_case`: as a rule's `message` does.
Convert<mapping::Pattern> pattern(bool ignore_case = false);
Convert<mapping::StatusRange> status_range();  // 404, 5xx, 400-499
Convert<std::string> header_name();
Convert<std::string> glob();  // of a code: quoted where YAML 1.1 would take it for another type
Convert<std::string> path_glob();      // of a request's path
Convert<std::string> compared_text();  // for a member: quoted where readers would not agree on it
Convert<std::string> scalar_text();    // any scalar, empty too

// Text of a pointer given by itself, as the key of a mapping.
std::optional<mapping::Pointer> read_pointer_key(Report& report, Mark mark, const std::string& path,
                                                 const std::string& text);

// A single value stands for a list of one: calls `each(value, path)` for every item.
template <class Each>
void for_each_item(const Value& value, const std::string& path, const Each& each) {
    if (value.kind != Value::Kind::sequence) return each(value, path);
    for (std::size_t i = 0; i < value.items.size(); ++i)
        each(value.items[i], path + "[" + std::to_string(i) + "]");
}

// One or many scalars of a kind; those that do not fit are problems.
template <class T>
std::vector<T> read_items(Report& report, const Value& value, const std::string& path,
                          const Convert<T>& convert) {
    std::vector<T> out;
    for_each_item(value, path, [&](const Value& item, const std::string& at) {
        T converted{};
        if (item.kind == Value::Kind::null) {
            report.add(item.mark, at, "an empty item");
        } else if (read_scalar(report, item, at, converted, convert)) {
            out.push_back(std::move(converted));
        }
    });
    return out;
}

// Each member of a mapping: `each(key, mark of the key, value, path)`.
template <class Each>
void for_each_member(Report& report, const Value& value, const std::string& path,
                     const Each& each) {
    if (value.kind != Value::Kind::mapping) return report.mismatch(value, path, {"a mapping"});
    for (std::size_t i = 0; i < value.members.size(); ++i) {
        const auto& [key, member] = value.members[i];
        each(key, value.member_marks[i], member, path + "." + key);
    }
}

// "code=A|B status=404": a condition in few words, for labels and for comparing conditions.
std::string compact(const Value& value);

}  // namespace errgate::config
