// The `headers` part of a route: which fields it may set and remove.
#include "config/convert.hpp"
#include "config/read.hpp"
#include "http/head.hpp"
#include "http/syntax.hpp"

#include <algorithm>
#include <array>

namespace errgate::config {
namespace {

// Hop-by-hop, framing, and what the gateway itself answers for.
constexpr std::array<std::string_view, 13> kReservedFields{"Connection",
                                                           "Keep-Alive",
                                                           "Proxy-Connection",
                                                           "Proxy-Authenticate",
                                                           "Proxy-Authorization",
                                                           "TE",
                                                           "Trailer",
                                                           "Transfer-Encoding",
                                                           "Upgrade",
                                                           "Expect",
                                                           "Content-Length",
                                                           "Host",
                                                           "X-Request-Id"};

bool is_reserved(std::string_view name) {
    constexpr std::string_view own = "Errgate-";
    return http::iequals(name.substr(0, own.size()), own) ||
           std::any_of(kReservedFields.begin(), kReservedFields.end(),
                       [name](std::string_view field) { return http::iequals(name, field); });
}

bool check_editable(Report& report, Mark mark, const std::string& path, std::string_view name) {
    if (!check_field_name(report, mark, path, name)) return false;
    if (!is_reserved(name)) return true;
    report.add(mark, path, "this header belongs to the gateway and cannot be set or removed");
    return false;
}

bool names_field(const std::vector<http::FieldEdits::Set>& set, std::string_view name) {
    return std::any_of(set.begin(), set.end(),
                       [name](const auto& field) { return http::iequals(field.name, name); });
}

void read_set(MappingReader& reader, http::FieldEdits& edits) {
    Report& report = reader.report();
    const auto& members = reader.value().members;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const std::string& name = members[i].first;
        const std::string path = reader.path_of(name);
        const Mark mark = reader.value().member_marks[i];
        std::string value;
        reader.require(name, value, field_value());
        if (!check_editable(report, mark, path, name)) continue;
        if (names_field(edits.set, name)) {
            report.add(mark, path, "set twice: names of headers ignore case");
        }
        edits.set.push_back({name, std::move(value)});
    }
}

void read_remove(MappingReader& reader, http::FieldEdits& edits) {
    const Value* list = reader.get_list("remove");
    reader.read_list("remove", edits.remove, text());
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const Value& item = list->items[i];
        const std::string path = reader.path_of("remove") + "[" + std::to_string(i) + "]";
        if (item.kind != Value::Kind::scalar || item.text.empty()) continue;
        if (check_editable(reader.report(), item.mark, path, item.text) &&
            names_field(edits.set, item.text)) {
            reader.report().add(item.mark, path, "set and removed at once");
        }
    }
}

}  // namespace

bool check_field_name(Report& report, Mark mark, const std::string& path, std::string_view name) {
    if (http::is_token(name)) return true;
    report.add(mark, path, "not the name of a header: letters, digits and !#$%&'*+-.^_`|~ only");
    return false;
}

void read_edits(MappingReader& headers, std::string_view direction, http::FieldEdits& edits) {
    headers.nested(direction, [&](MappingReader& reader) {
        reader.nested("set", [&](MappingReader& set) { read_set(set, edits); });
        read_remove(reader, edits);
    });
}

}  // namespace errgate::config
