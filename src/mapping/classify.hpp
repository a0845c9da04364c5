// From a provider's answer to what it means: the one entry to the mapping engine.
#pragma once

#include "base/time.hpp"
#include "errors/failure.hpp"
#include "http/head.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace errgate::mapping {

class Dialect;  // dialect.hpp: one provider's compiled description, immutable, shared by all
                // threads

struct RequestFacts {
    std::string_view method;
    std::string_view path;  // as the upstream sees it, without the query
};

struct ResponseFacts {
    int status = 0;
    const http::Fields& fields;
    std::string_view body;      // de-chunked, still content-coded; views only live for the call
    bool body_complete = true;  // false: cut at the limit, or the upstream stopped half way
};

// Why it came out so, for `errgate explain`.
struct Trace {
    std::string content_kind;  // json, html, text, empty ...
    std::string format;        // id of the format that matched, empty: none
    std::string rule;          // e.g. "rules[3] code=INSUFFICIENT_FUNDS", empty: status default
    std::vector<std::string>
        notes;  // one line for each earlier format or rule: why it did not match
};

struct Classification {
    bool is_error = false;
    errors::Failure failure;  // meaningful when is_error; origin is upstream
};

// Never throws; total over every body. `trace` may be null.
Classification classify(const Dialect& dialect, const RequestFacts& request,
                        const ResponseFacts& response, base::WallTime now, Trace* trace = nullptr);

// Must a 2xx with this head be buffered and shown to classify(), because the dialect may find an
// error in it? Only when a `detect` predicate can hold for this head, and where that depends on
// the body, when the Content-Type is one errors come in: JSON, XML, form, text, HTML (providers
// mislabel) or none at all. Reports, archives and event streams go by unseen.
bool inspects_success(const Dialect& dialect, int status, const http::Fields& fields);

}  // namespace errgate::mapping
