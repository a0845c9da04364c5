// Who may ask the admin listener what: names, tokens, and requests a browser was tricked into.
#pragma once

#include "admin/endpoints.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::admin {

struct Access {
    // Names that a Host field may carry beside localhost and literal addresses: see host_check.hpp.
    std::vector<std::string> allowed_hosts{};
    std::string token{};          // asked for as `Authorization: Bearer`; empty: nobody is asked
    bool public_metrics = false;  // /metrics needs no token
};

// What a request says about where it comes from.
struct Caller {
    std::size_t host_fields = 0;
    std::string_view host{};
    unsigned version = 11;
    std::string_view authorization{};
    std::string_view origin{};          // sent by browsers with requests of other pages
    std::string_view sec_fetch_site{};  // likewise
};

// The answer to a request that must not be carried out: 400 (not exactly one Host), 421 (a name
// that may be a stranger's), 403 (another site's page sends it), 401 (no or a wrong token). /livez
// and /readyz need no token: probes have none, and they tell nothing. Nor do the files of the web
// page, which hold no data; what the page shows it fetches with the token it asked for.
std::optional<Answer> refuse(const Request& request, const Caller& caller, const Access& access);

// Takes as long for a wrong token as for the right one, whatever they have in common.
bool same_secret(std::string_view given, std::string_view wanted);

}  // namespace errgate::admin
