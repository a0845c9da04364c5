#include "config/json_value.hpp"

#include "base/json_text.hpp"
#include "errors/json_number.hpp"

namespace errgate::config {
namespace {

bool is_json_literal(const Value& value) {
    return !value.quoted &&
           (value.text == "true" || value.text == "false" || errors::is_json_number(value.text));
}

}  // namespace

void append_json(std::string& out, const Value& value) {
    bool first = true;
    const auto separate = [&] {
        if (!first) out += ',';
        first = false;
    };
    switch (value.kind) {
        case Value::Kind::null:
            out += "null";
            return;
        case Value::Kind::scalar:
            if (is_json_literal(value)) {
                out += value.text;
            } else {
                base::append_json_string(out, value.text);
            }
            return;
        case Value::Kind::sequence:
            out += '[';
            for (const Value& item : value.items) {
                separate();
                append_json(out, item);
            }
            out += ']';
            return;
        case Value::Kind::mapping:
            out += '{';
            for (const auto& [name, member] : value.members) {
                separate();
                base::append_json_string(out, name);
                out += ':';
                append_json(out, member);
            }
            out += '}';
            return;
    }
}

}  // namespace errgate::config
