#include "mapping/idempotency_key.hpp"

#include "mapping/body.hpp"

namespace errgate::mapping {

std::string find_idempotency_key(const Idempotency& idempotency, std::string_view body,
                                 std::string_view content_type) {
    const auto pointer = Pointer::parse(idempotency.body_field);
    if (idempotency.body_field.empty() || body.empty() || !pointer) return {};
    const Body decoded = decode_body({.bytes = body, .content_type = content_type});
    return std::string(pointer->scalar(decoded.tree).value_or(""));
}

}  // namespace errgate::mapping
