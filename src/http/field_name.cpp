// Length, first and last character find the one name that can be meant.
#include "http/field_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace errgate::http {
namespace {

struct Known {
    std::string_view name;  // in lower case
    FieldName id = FieldName::unknown;
};

constexpr auto kKnown = std::to_array<Known>({
    {"accept", FieldName::accept},
    {"accept-ranges", FieldName::accept_ranges},
    {"age", FieldName::age},
    {"allow", FieldName::allow},
    {"authorization", FieldName::authorization},
    {"cache-control", FieldName::cache_control},
    {"connection", FieldName::connection},
    {"content-length", FieldName::content_length},
    {"content-range", FieldName::content_range},
    {"content-type", FieldName::content_type},
    {"date", FieldName::date},
    {"digest", FieldName::digest},
    {"etag", FieldName::etag},
    {"expect", FieldName::expect},
    {"expires", FieldName::expires},
    {"host", FieldName::host},
    {"http2-settings", FieldName::http2_settings},
    {"if-match", FieldName::if_match},
    {"if-none-match", FieldName::if_none_match},
    {"keep-alive", FieldName::keep_alive},
    {"last-modified", FieldName::last_modified},
    {"origin", FieldName::origin},
    {"pragma", FieldName::pragma},
    {"proxy-authenticate", FieldName::proxy_authenticate},
    {"proxy-authentication-info", FieldName::proxy_authentication_info},
    {"proxy-authorization", FieldName::proxy_authorization},
    {"proxy-connection", FieldName::proxy_connection},
    {"retry-after", FieldName::retry_after},
    {"te", FieldName::te},
    {"trailer", FieldName::trailer},
    {"transfer-encoding", FieldName::transfer_encoding},
    {"upgrade", FieldName::upgrade},
    {"user-agent", FieldName::user_agent},
    {"via", FieldName::via},
    {"www-authenticate", FieldName::www_authenticate},
});

// Of a letter; a hyphen and the digits of a token stay what they are.
constexpr char lower(char c) {
    return static_cast<char>(c | 0x20);
}

constexpr std::size_t slot_of(std::string_view name) {
    const auto byte = [](char c) { return static_cast<unsigned char>(lower(c)); };
    return (name.size() * 2 + byte(name.front()) * 10U + byte(name.back())) % 256;
}

constexpr auto kSlots = [] {
    std::array<Known, 256> slots{};
    for (const Known& known : kKnown)
        slots[slot_of(known.name)] = known;
    return slots;
}();
static_assert(std::ranges::count_if(kSlots, [](const Known& slot) { return !slot.name.empty(); }) ==
                  std::ssize(kKnown),
              "two names in one slot: change the factors");

}  // namespace

FieldName field_name(std::string_view name) {
    if (name.empty()) return FieldName::unknown;
    const Known& known = kSlots[slot_of(name)];
    if (known.name.size() != name.size()) return FieldName::unknown;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (lower(name[i]) != known.name[i]) return FieldName::unknown;
    }
    return known.id;
}

}  // namespace errgate::http
