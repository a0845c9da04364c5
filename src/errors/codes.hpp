// The closed catalogue of canonical error codes: the only words a client ever has to know.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace errgate::errors {

// Did the operation take effect at the provider?
enum class Outcome : std::uint8_t {
    not_applied,  // provably nothing happened
    unknown,      // it may have happened: look it up before repeating it
};

enum class Category : std::uint8_t {
    request,
    authentication,
    permission,
    resource,
    idempotency,
    payment,
    rate_limit,
    upstream,
    gateway
};

// One line of the catalogue a code, in codes.def: X(slug, status, category, transient, outcome,
// auto_retry, grpc, "client-safe message"). The enumerators are those slugs.
enum class Code : std::uint8_t {
#define X(slug, ...) slug,
#include "errors/codes.def"
#undef X
};

struct CodeInfo {
    Code code;
    std::string_view slug;
    std::uint16_t status;  // the HTTP status this code always has
    Category category;
    bool transient;   // would the same request, sent again, be expected to get another answer?
    Outcome outcome;  // default for the business operation
    bool auto_retry;  // may the gateway repeat it by itself (still behind the replay-safety gate)?
    std::string_view grpc;     // equivalent google.rpc.Code
    std::string_view message;  // client-safe text
};

const CodeInfo& info(Code code);
std::span<const CodeInfo> all_codes();
std::optional<Code> find_code(std::string_view slug);
// The code of an error no rule names, by the provider's HTTP status. 2xx: payment_failed.
Code default_code(int http_status);

std::string_view to_string(Outcome outcome);    // "not_applied", "unknown"
std::string_view to_string(Category category);  // "request" ...

}  // namespace errgate::errors
