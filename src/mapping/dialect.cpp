#include "mapping/dialect.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

DialectParts with_defaults(DialectParts parts) {
    if (parts.detect.empty()) parts.detect.push_back({{StatusTest{{{400, 599}}}}});
    return parts;
}

}  // namespace

Dialect::Dialect(DialectParts parts)
    : parts_(with_defaults(std::move(parts))), rules_(std::move(parts_.rules)) {}

const Idempotency& Dialect::idempotency(std::string_view path) const {
    static const Idempotency kNone;
    const auto found = std::ranges::find_if(parts_.idempotency, [&](const Idempotency& each) {
        return each.paths.empty() || any_match(each.paths, path);
    });
    return found == parts_.idempotency.end() ? kNone : *found;
}

}  // namespace errgate::mapping
