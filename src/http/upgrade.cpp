// Walks over the lists of Upgrade and Connection; nothing is copied.
#include "http/upgrade.hpp"

#include "http/syntax.hpp"

namespace errgate::http {
namespace {

// Calls visit(element) for each element of each such field until it answers false.
template <typename Visit>
void for_each_element(const Fields& fields, FieldName id, Visit visit) {
    for (const Field& field : fields) {
        if (field.id != id) continue;
        ListCursor list(field.value);
        while (const auto element = list.next()) {
            if (!visit(*element)) return;
        }
    }
}

// protocol = token ["/" token]
bool is_protocol(std::string_view text) {
    const auto slash = text.find('/');
    return is_token(text.substr(0, slash)) &&
           (slash == std::string_view::npos || is_token(text.substr(slash + 1)));
}

bool is_http(std::string_view protocol) {
    const std::string_view name = protocol.substr(0, protocol.find('/'));
    return iequals(name, "http") || iequals(name, "h2c") || iequals(name, "h2") ||
           iequals(name, "h3");
}

bool lists_upgrade(const Fields& fields) {
    bool found = false;
    for_each_element(fields, FieldName::connection, [&](std::string_view option) {
        found = iequals(option, "upgrade");
        return !found;
    });
    return found;
}

}  // namespace

Upgrade upgrade_of(const RequestHead& head, const Framing& framing) {
    if (head.version < 11) return Upgrade::none;
    bool asks = false;
    bool well_formed = true;
    for_each_element(head.fields, FieldName::upgrade, [&](std::string_view protocol) {
        if (protocol.empty() || is_http(protocol)) return true;
        asks = true;
        well_formed = well_formed && is_protocol(protocol);
        return true;
    });
    if (!asks) return Upgrade::none;
    const bool has_body = framing.kind != BodyKind::none &&
                          !(framing.kind == BodyKind::length && framing.length == 0);
    return well_formed && !has_body && lists_upgrade(head.fields) ? Upgrade::asked
                                                                  : Upgrade::unsound;
}

void put_asked_protocols(base::Writer& out, const RequestHead& request) {
    bool first = true;
    for_each_element(request.fields, FieldName::upgrade, [&](std::string_view protocol) {
        if (protocol.empty() || is_http(protocol)) return true;
        if (!first) out.put(", ");
        first = false;
        out.put(protocol);
        return true;
    });
}

std::string_view switched_protocol(const RequestHead& request, const ResponseHead& response) {
    std::string_view switched;
    int named = 0;
    for_each_element(response.fields, FieldName::upgrade, [&](std::string_view protocol) {
        ++named;
        switched = protocol;
        return true;
    });
    if (named != 1 || is_http(switched) || !lists_upgrade(response.fields)) return {};
    bool asked = false;
    for_each_element(request.fields, FieldName::upgrade, [&](std::string_view protocol) {
        asked = iequals(protocol, switched);
        return !asked;
    });
    return asked && !switched.empty() ? switched : std::string_view();
}

}  // namespace errgate::http
