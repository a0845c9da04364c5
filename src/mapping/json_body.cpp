#include "mapping/json_body.hpp"

#include "base/ascii.hpp"
#include "mapping/json_scanner.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

std::string_view behind_guard(std::string_view text) {
    for (const std::string_view guard :
         {")]}'", "while(1);", "while (1);", "for(;;);", "for (;;);"}) {
        if (text.starts_with(guard)) return text.substr(guard.size());
    }
    return {};
}

// What the function is called with, up to the end of the text when the call is not closed.
std::string_view argument(std::string_view text) {
    if (text.starts_with("/**/")) text.remove_prefix(4);
    const auto open = std::ranges::find_if_not(text, [](char c) {
        return base::is_alnum(c) || std::string_view("_$.").find(c) != std::string_view::npos;
    });
    text.remove_prefix(static_cast<std::size_t>(open - text.begin()));
    if (!text.starts_with('(')) return {};
    return text.substr(1, text.find_last_not_of(" \t\r\n;)"));
}

}  // namespace

std::string_view wrapped_json(std::string_view text) {
    std::string_view inside = behind_guard(text);
    if (inside.empty()) inside = argument(text);
    inside.remove_prefix(std::min(inside.find_first_not_of(" ,\t\r\n"), inside.size()));
    return inside.starts_with('{') || inside.starts_with('[') ? inside : std::string_view();
}

JsonResult parse_json(std::string_view text, bool keep_partial, Tree& tree, NodeId at) {
    const std::size_t nodes_before = tree.size();
    switch (JsonScanner(tree.arena().scratch_copy(text), tree, at).run()) {
        case JsonScanner::End::complete:
            return JsonResult::complete;
        case JsonScanner::End::full:
            return JsonResult::partial;
        case JsonScanner::End::cut:
            if (keep_partial && tree.size() > nodes_before) return JsonResult::partial;
            break;
        case JsonScanner::End::invalid:
            break;
    }
    tree.reset(at, nodes_before);
    return JsonResult::invalid;
}

}  // namespace errgate::mapping
