#include "mapping/dialect.hpp"

namespace errgate::mapping {
namespace {

DialectParts with_defaults(DialectParts parts) {
    if (parts.detect.empty()) parts.detect.push_back({{StatusTest{{{400, 599}}}}});
    return parts;
}

}  // namespace

Dialect::Dialect(DialectParts parts)
    : parts_(with_defaults(std::move(parts))), rules_(std::move(parts_.rules)) {}

}  // namespace errgate::mapping
