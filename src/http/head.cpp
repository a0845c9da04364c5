// Lookups in a parsed head.
#include "http/head.hpp"

namespace errgate::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

}  // namespace

bool same_letters(const char* a, const char* b, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
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
