// One function a keyword; a value fits when none of the schema's keywords objects.
#include "schema.hpp"

#include "mapping/pattern.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

namespace errgate::fuzz {
namespace {

using Json = nlohmann::ordered_json;

bool has_type(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    std::abort();
}

bool has_any_type(const Json& value, const Json& types) {
    if (types.is_string()) return has_type(value, types);
    return std::ranges::any_of(types, [&](const Json& type) { return has_type(value, type); });
}

// JSON Schema counts characters, not bytes.
std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool matches(const std::string& text, const std::string& expression) {
    static std::map<std::string, mapping::Pattern> compiled;
    auto found = compiled.find(expression);
    if (found == compiled.end()) {
        std::string error;
        auto pattern = mapping::Pattern::compile(expression, false, error);
        if (!pattern) std::abort();
        found = compiled.emplace(expression, *pattern).first;
    }
    return found->second.found_in(text);
}

bool has_members(const Json& value, const Json& names) {
    return std::ranges::all_of(names,
                               [&](const Json& name) { return value.contains(std::string(name)); });
}

// Each member by its own schema, those without one by `additionalProperties`.
bool members_fit(const Json& value, const Json& schema, const Json& document) {
    if (!value.is_object()) return true;
    const Json none = Json::object();
    const Json& known = schema.contains("properties") ? schema["properties"] : none;
    return std::ranges::all_of(value.items(), [&](const auto& member) {
        if (known.contains(member.key())) {
            return fits(member.value(), known[member.key()], document);
        }
        if (!schema.contains("additionalProperties")) return true;
        const Json& others = schema["additionalProperties"];
        return others.is_boolean() ? others.get<bool>() : fits(member.value(), others, document);
    });
}

bool keyword_holds(const std::string& word, const Json& wanted, const Json& value,
                   const Json& document) {
    if (word == "type") return has_any_type(value, wanted);
    if (word == "enum") return std::ranges::find(wanted, value) != wanted.end();
    if (word == "minimum") return value >= wanted;
    if (word == "maximum") return value <= wanted;
    if (word == "minLength") return characters(value) >= wanted;
    if (word == "maxLength") return characters(value) <= wanted;
    if (word == "pattern") return matches(value, wanted);
    if (word == "required") return has_members(value, wanted);
    if (word == "maxItems" || word == "maxProperties") return value.size() <= wanted;
    if (word == "items") {
        return std::ranges::all_of(value,
                                   [&](const Json& item) { return fits(item, wanted, document); });
    }
    if (word == "$ref") {
        const std::string pointer = std::string(wanted).substr(1);  // behind the '#'
        return fits(value, document.at(Json::json_pointer(pointer)), document);
    }
    const bool elsewhere = word == "properties" || word == "additionalProperties";
    if (elsewhere || word == "description") return true;
    std::abort();
}

}  // namespace

bool fits(const Json& value, const Json& schema, const Json& document) {
    // The type first: the other keywords take it for granted.
    if (schema.contains("type") && !has_any_type(value, schema["type"])) return false;
    return std::ranges::all_of(schema.items(),
                               [&](const auto& keyword) {
                                   return keyword_holds(keyword.key(), keyword.value(), value,
                                                        document);
                               }) &&
           members_fit(value, schema, document);
}

}  // namespace errgate::fuzz
