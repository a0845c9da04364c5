// Small routes files for tests, and what loading them says.
#pragma once

#include "config/load.hpp"

#include <map>
#include <string>
#include <vector>

namespace errgate::config {

inline Environment environment(std::map<std::string, std::string> variables = {}) {
    return
        [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            if (found == variables.end()) return std::nullopt;
            return found->second;
        };
}

inline std::vector<std::string> problems_of(const std::string& text,
                                            const Environment& env = environment()) {
    const LoadResult result = load_text(text, "f", env);
    std::vector<std::string> out;
    for (const Problem& problem : result.problems)
        out.push_back(to_string(problem));
    return out;
}

// Line 1 version, 2 listen, 3 upstreams, 4 to 6 the upstream kira, 7 routes, 8 and 9 the route
// kira. Extra lines go at the end (line 10), into the upstream (line 7, column 5) or into the
// route (line 10, column 5).
inline std::string minimal(const std::string& top = "") {
    return "version: 1\n"
           "listen: [{address: \"127.0.0.1:8080\"}]\n"
           "upstreams:\n"
           "  kira:\n"
           "    url: http://api.example\n"
           "    dialect: kira\n"
           "routes:\n"
           "  - name: kira\n"
           "    upstream: kira\n" +
           top + "\n";
}

inline std::string with_upstream(const std::string& extra) {
    std::string text = minimal();
    return text.insert(text.find("routes:"), "    " + extra + "\n");
}

inline std::string with_route(const std::string& extra) {
    return minimal("    " + extra);
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace errgate::config
