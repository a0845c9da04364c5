#include "config/dialect_lint.hpp"

#include <algorithm>
#include <unordered_map>

namespace errgate::config {
namespace {

using mapping::Globs;

// Does `broad` hold wherever `narrow` does? An empty list asks for nothing.
bool covers(const Globs& broad, const Globs& narrow) {
    if (broad.empty() || narrow.empty()) return broad.empty();
    return std::all_of(narrow.begin(), narrow.end(), [&](const std::string& text) {
        return std::any_of(broad.begin(), broad.end(), [&](const std::string& glob) {
            return mapping::glob_covers(glob, text);
        });
    });
}

bool covers(const mapping::StatusTest& broad, const mapping::StatusTest& narrow) {
    if (broad.ranges.empty() || narrow.ranges.empty()) return broad.ranges.empty();
    return std::all_of(narrow.ranges.begin(), narrow.ranges.end(), [&](mapping::StatusRange n) {
        return std::any_of(broad.ranges.begin(), broad.ranges.end(), [&](mapping::StatusRange b) {
            return b.first <= n.first && b.last >= n.last;
        });
    });
}

bool covers(const LoadedRule& broad, const LoadedRule& narrow) {
    const mapping::Rule& b = broad.rule;
    const mapping::Rule& n = narrow.rule;
    return covers(b.code, n.code) && covers(b.type, n.type) &&
           covers(b.detail_code, n.detail_code) && covers(b.network, n.network) &&
           covers(b.advice, n.advice) && covers(broad.status, narrow.status) &&
           std::all_of(broad.tests.begin(), broad.tests.end(), [&](const auto& test) {
               return std::find(narrow.tests.begin(), narrow.tests.end(), test) !=
                      narrow.tests.end();
           });
}

// The rules so far, so that a file of thousands of exact codes is not compared each with each.
class Earlier {
  public:
    const LoadedRule* covering(const LoadedRule& rule) const {
        const auto covers_it = [&](const LoadedRule* each) { return covers(*each, rule); };
        const auto general = std::find_if(general_.begin(), general_.end(), covers_it);
        if (general != general_.end()) return *general;
        const auto& codes = rule.rule.code;
        const auto exact = codes.empty() ? by_code_.end() : by_code_.find(codes.front());
        if (exact == by_code_.end()) return nullptr;
        const auto found = std::find_if(exact->second.begin(), exact->second.end(), covers_it);
        return found == exact->second.end() ? nullptr : *found;
    }

    void add(const LoadedRule& rule) {
        const auto& codes = rule.rule.code;
        if (codes.empty() || std::any_of(codes.begin(), codes.end(), mapping::is_glob)) {
            general_.push_back(&rule);
            return;
        }
        for (const std::string& code : codes)
            by_code_[code].push_back(&rule);
    }

  private:
    std::unordered_map<std::string_view, std::vector<const LoadedRule*>> by_code_;
    std::vector<const LoadedRule*> general_;
};

}  // namespace

void lint_rules(Report& report, const std::vector<LoadedRule>& rules) {
    Earlier earlier;
    for (const LoadedRule& rule : rules) {
        const LoadedRule* const first = rule.own ? earlier.covering(rule) : nullptr;
        if (first != nullptr) {
            std::string where = first->rule.label;
            if (first->own) where += " at line " + std::to_string(first->mark.line);
            report.add(rule.mark, rule.path, "never reached: " + where + " takes all it matches");
        }
        earlier.add(rule);
    }
}

}  // namespace errgate::config
