// A parsed message head: views into the buffer it was read into, nothing copied.
#pragma once

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace errgate::http {

using FieldName = boost::beast::http::field;  // FieldName::unknown for most names: see field_name()
using Method = boost::beast::http::verb;      // Method::unknown for extension methods

struct Field {
    FieldName id = FieldName::unknown;
    std::string_view name;   // as received
    std::string_view value;  // optional whitespace trimmed
};

// In order of arrival, repeated names kept apart. The vector keeps its capacity between messages,
// so a reused list allocates nothing.
using Fields = std::vector<Field>;

// First value of a field, or an empty view with data() == nullptr when it is absent.
std::string_view find(const Fields& fields, FieldName id);
std::string_view find(const Fields& fields, std::string_view name);  // ASCII case-insensitive

bool same_letters(const char* a, const char* b, std::size_t size);  // ASCII case-insensitive
inline bool iequals(std::string_view a, std::string_view b) {
    return a.size() == b.size() && same_letters(a.data(), b.data(), a.size());
}

struct RequestHead {
    Method method = Method::unknown;
    std::string_view method_text;
    std::string_view target;  // byte for byte
    int version = 11;         // 10 or 11
    Fields fields;
};

struct ResponseHead {
    int status = 0;
    std::string_view reason;
    int version = 11;
    Fields fields;
};

}  // namespace errgate::http
