// The value tree's own functions: finding by key and by path.
#include "config/document.hpp"

#include <cstdlib>

namespace errgate::config {

Value::Value() = default;
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

const Value* Value::find(std::string_view key) const {
    for (const auto& [name, value] : members) {
        if (name == key) return &value;
    }
    return nullptr;
}

const Value& nearest(const Value& root, std::string_view path) {
    if (path.empty()) return root;
    if (path.starts_with('.')) path.remove_prefix(1);
    if (path.starts_with('[')) {
        const std::size_t index = std::strtoul(path.data() + 1, nullptr, 10);
        if (index >= root.items.size()) return root;
        return nearest(root.items[index], path.substr(path.find(']') + 1));
    }
    const Value* best = nullptr;  // a key may contain dots: the longest that fits
    std::size_t length = 0;
    for (const auto& [key, value] : root.members) {
        const bool whole =
            path.starts_with(key) &&
            (path.size() == key.size() || path[key.size()] == '.' || path[key.size()] == '[');
        if (!whole || (best != nullptr && key.size() < length)) continue;
        best = &value;
        length = key.size();
    }
    return best == nullptr ? root : nearest(*best, path.substr(length));
}

}  // namespace errgate::config
