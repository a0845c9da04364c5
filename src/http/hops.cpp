#include "http/hops.hpp"

#include "http/syntax.hpp"

#include <charconv>

namespace errgate::http {

namespace {

// "1.1 errgate" or "HTTP/1.1 errgate (comment)": the second word.
std::string_view received_by(std::string_view via) {
    const std::size_t space = via.find(' ');
    if (space == std::string_view::npos) return {};
    via.remove_prefix(space + 1);
    return via.substr(0, via.find(' '));
}

}  // namespace

std::size_t gateways_passed(const Fields& fields) {
    std::size_t passed = 0;
    for (const Field& field : fields) {
        if (field.id != FieldName::via) continue;
        ListCursor list(field.value);
        while (const auto hop = list.next())
            passed += received_by(*hop) == kViaPseudonym;
    }
    return passed;
}

bool is_max_forwards(std::string_view field_name) {
    return iequals(field_name, "Max-Forwards");
}

std::optional<std::uint64_t> max_forwards(const RequestHead& head) {
    if (head.method != Method::options && head.method != Method::trace) return std::nullopt;
    for (const Field& field : head.fields) {
        if (!is_max_forwards(field.name)) continue;
        std::uint64_t left = 0;
        const char* const end = field.value.data() + field.value.size();
        const auto [stop, error] = std::from_chars(field.value.data(), end, left);
        if (error == std::errc{} && stop == end && !field.value.empty()) return left;
    }
    return std::nullopt;
}

}  // namespace errgate::http
