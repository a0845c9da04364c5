#include "config/environment.hpp"

#include "http/syntax.hpp"

#include <algorithm>
#include <cstdlib>

namespace errgate::config {
namespace {

bool is_variable_name(std::string_view name) {
    const auto is_name_char = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || http::is_digit(c) || c == '_';
    };
    return !name.empty() && !http::is_digit(name[0]) &&
           std::all_of(name.begin(), name.end(), is_name_char);
}

class Substitution {
  public:
    Substitution(const std::string& file, const Environment& environment,
                 std::vector<Problem>& problems)
        : file_(file), environment_(environment), problems_(problems) {}

    void walk(Value& value, const std::string& path) {
        if (value.kind == Value::Kind::scalar) return expand(value, path);
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            walk(value.items[i], path + "[" + std::to_string(i) + "]");
        }
        for (auto& [key, member] : value.members) {
            walk(member, path.empty() ? key : path + "." + key);
        }
    }

  private:
    void expand(Value& value, const std::string& path) {
        std::string out;
        std::string_view rest = value.text;
        for (auto at = rest.find("${"); at != rest.npos; at = rest.find("${")) {
            out += rest.substr(0, at);
            if (at > 0 && rest[at - 1] == '$') {  // "$${"
                out += "{";
                rest.remove_prefix(at + 2);
                continue;
            }
            const auto end = rest.find('}', at);
            if (end == rest.npos) {
                return report(value, path, "\"${\" without a \"}\"; write $${ for a literal one");
            }
            out += look_up(std::string(rest.substr(at + 2, end - at - 2)), value, path);
            value.from_environment = true;
            rest.remove_prefix(end + 1);
        }
        value.text = out.append(rest);
    }

    std::string look_up(const std::string& name, const Value& value, const std::string& path) {
        if (!is_variable_name(name)) {
            report(value, path,
                   "\"${" + name + "}\": the name of a variable has letters, digits and _ only");
            return "";
        }
        auto found = environment_(name);
        if (!found) report(value, path, "environment variable " + name + " is not set");
        return found.value_or("");
    }

    void report(const Value& value, const std::string& path, std::string message) {
        problems_.push_back({file_, value.mark, path, std::move(message)});
    }

    const std::string& file_;
    const Environment& environment_;
    std::vector<Problem>& problems_;
};

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr) return std::nullopt;
        return value;
    };
}

void substitute_environment(Value& root, const std::string& file, const Environment& environment,
                            std::vector<Problem>& problems) {
    Substitution(file, environment, problems).walk(root, "");
}

}  // namespace errgate::config
