// Who may ask the admin listener what.
#include "admin/access.hpp"

#include "admin/host_check.hpp"
#include "admin/page.hpp"

#include <algorithm>

namespace errgate::admin {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// "Bearer <token>": the scheme's name ignores case (RFC 9110 11.1). Empty: there is none.
std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    const std::string_view start = authorization.substr(0, scheme.size());
    if (!std::ranges::equal(start, scheme, {}, lower)) return {};
    std::string_view token = authorization.substr(scheme.size());
    token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
    return token;
}

bool needs_token(std::string_view target, const Access& access) {
    const std::string_view path = target.substr(0, target.find('?'));
    if (access.token.empty() || path == "/livez" || path == "/readyz") return false;
    if (page_file(path) != nullptr)
        return false;  // the same for everybody, and it asks for the token
    return path != "/metrics" || !access.public_metrics;
}

// A page of another site can send a simple POST without asking, but not hide that it does.
bool from_another_site(const Request& request, const Caller& caller) {
    if (request.method == "GET" || request.method == "HEAD") return false;
    if (!caller.sec_fetch_site.empty()) {
        return caller.sec_fetch_site != "same-origin" && caller.sec_fetch_site != "none";
    }
    const std::size_t scheme = caller.origin.find("://");
    return !caller.origin.empty() &&
           (scheme == std::string_view::npos || caller.origin.substr(scheme + 3) != caller.host);
}

}  // namespace

bool same_secret(std::string_view given, std::string_view wanted) {
    volatile unsigned difference = given.size() == wanted.size() ? 0U : 1U;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const char expected = wanted.empty() ? '\0' : wanted[i % wanted.size()];
        difference = difference | static_cast<unsigned>(given[i] ^ expected);
    }
    return difference == 0;
}

std::optional<Answer> refuse(const Request& request, const Caller& caller, const Access& access) {
    if (caller.host_fields > 1 || (caller.host_fields == 0 && caller.version >= 11)) {
        return error_answer(400, "exactly one Host field is needed");
    }
    if (caller.host_fields == 1 && !is_trusted_host(caller.host, access.allowed_hosts)) {
        return error_answer(421,
                            "this Host is not one of the admin listener's names: see "
                            "admin.allowed_hosts");
    }
    if (from_another_site(request, caller)) {
        return error_answer(403, "a page of another site may not ask for this");
    }
    if (!needs_token(request.target, access)) return {};
    const std::string_view token = bearer_token(caller.authorization);
    if (!token.empty() && same_secret(token, access.token)) return {};
    Answer refused = error_answer(
        401, token.empty() ? "a bearer token is needed" : "this is not the admin token");
    refused.challenge = true;
    return refused;
}

}  // namespace errgate::admin
