// Short ways to write down responses, bodies and selectors in tests.
#pragma once

#include "http/field_name.hpp"
#include "mapping/body.hpp"
#include "mapping/context.hpp"
#include "mapping/pattern.hpp"
#include "mapping/pointer.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace errgate::mapping {

inline Pointer ptr(std::string_view text) {
    auto pointer = Pointer::parse(text);
    EXPECT_TRUE(pointer) << text;
    return pointer.value_or(Pointer());
}

inline Pattern regex(std::string_view expression, bool ignore_case = false) {
    std::string error;
    auto pattern = Pattern::compile(expression, ignore_case, error);
    EXPECT_TRUE(pattern) << error;
    return *pattern;
}

inline http::Fields fields(
    std::initializer_list<std::pair<std::string_view, std::string_view>> list) {
    http::Fields out;
    for (const auto& [name, value] : list)
        out.push_back({http::field_name(name), name, value});
    return out;
}

inline Body decode(std::string_view bytes, std::string_view content_type = "",
                   std::string_view content_encoding = "", bool complete = true) {
    return decode_body({bytes, content_type, content_encoding, complete});
}

// One value of a body as text, "(absent)" when a pointer finds none.
inline std::string at(const Body& body, std::string_view pointer) {
    return std::string(ptr(pointer).scalar(body.tree).value_or("(absent)"));
}

// A response with everything a context needs to refer to.
struct Answer {
    std::string text = "{}";
    int status = 400;
    http::Fields fields{};
    std::string_view method = "POST";
    std::string_view path = "/v1/payments";

    Body body = decode(text);
    RequestFacts request{method, path};
    ResponseFacts response{status, fields, text};
    Context context{body, request, response, body.tree.arena()};
};

}  // namespace errgate::mapping
