// One way a provider writes an error down, and what it yields.
#pragma once

#include "errors/failure.hpp"
#include "mapping/predicate.hpp"
#include "mapping/selector.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace errgate::mapping {

// Data hidden in a text member: decoded and put beside it, before anything else looks.
struct Embed {
    enum class Decode : std::uint8_t { json, base64_json } decode = Decode::json;
    Pointer at;
    std::string as;  // name of the new member of the root
};

// Where field problems are listed.
struct DetailSource {
    enum class Over : std::uint8_t {
        matches,  // each match of `pointer`
        entries,  // each member of the object at `pointer`, `@key` its name
    } over = Over::matches;
    Pointer pointer;
    bool flatten = true;  // entries: each item of an array value by itself
    Predicate when;
    std::optional<Selector> field;
    std::optional<Selector> code;
    std::optional<Selector> message;
};

using MetadataSource = std::pair<std::string, Selector>;

struct Format {
    std::string id;
    Predicate when;
    std::vector<Embed> embeds;
    std::optional<Selector> code;
    std::optional<Selector> type;
    std::optional<Selector> message;
    std::optional<Selector> request_id;
    std::optional<Selector> decline_code;
    std::optional<Selector> advice_code;
    std::vector<MetadataSource> metadata;
    std::optional<Pointer> metadata_from;  // an object whose scalars are copied
    std::vector<DetailSource> details;
};

// What a format found, as the provider wrote it: not yet redacted or shortened. The texts live as
// long as the response and the body it was decoded to.
struct Extraction {
    Text code;
    Text type;
    Text message;
    Text request_id;
    Text decline_code;
    Text advice_code;
    std::vector<std::pair<std::string, errors::MetadataValue>> metadata;
    std::vector<errors::Detail> details;
};

void decode_embeds(const std::vector<Embed>& embeds, Tree& tree);
Extraction extract(const Format& format, const Context& context);

// Sets a member, or replaces it; dropped when there are 32 already.
void put_metadata(Extraction& into, std::string_view name, errors::MetadataValue value);
// Appends; dropped when there are 100 already.
void put_detail(Extraction& into, errors::Detail detail);

}  // namespace errgate::mapping
