// Lookups in a parsed head.
#include "http/head.hpp"

namespace errgate::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

}  // namespace

bool iequals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

std::string_view find(const Fields& fields, FieldName id) {
    for (const Field& field : fields) {
        if (field.id == id) return field.value;
    }
    return {};
}

std::string_view find(const Fields& fields, std::string_view name) {
    for (const Field& field : fields) {
        if (iequals(field.name, name)) return field.value;
    }
    return {};
}

}  // namespace errgate::http
