#include "mapping/json_body.hpp"

#include "mapping/json_scanner.hpp"

namespace errgate::mapping {

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
