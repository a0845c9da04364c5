// What selectors and predicates look at: one response, and the place in its body they start from.
#pragma once

#include "mapping/body.hpp"
#include "mapping/classify.hpp"

#include <string_view>

namespace errgate::mapping {

struct Context {
    const Body& body;
    const RequestFacts& request;
    const ResponseFacts& response;
    Arena& arena;               // for texts that have to be put together; the body's, usually
    NodeId at = kRoot;          // inside `details`: the element
    std::string_view key = {};  // inside `details` with `entries`: the element's name

    Context inside(NodeId element, std::string_view name) const {
        return {body, request, response, arena, element, name};
    }
};

}  // namespace errgate::mapping
