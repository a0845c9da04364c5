// Asks a simulated provider one question, without a socket.
#pragma once

#include "sim/provider.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errgate::sim {

using FieldList = std::vector<std::pair<std::string_view, std::string_view>>;

inline Response ask(std::string_view provider, std::string_view method, std::string_view path,
                    const FieldList& field_list = {}, std::string_view body = {}) {
    http::Fields fields;
    for (const auto& [name, value] : field_list) {
        fields.push_back({http::FieldName::unknown, name, value});
    }
    return answer(*find_provider(provider), {method, path, fields, body});
}

// The body of a plain success of every provider: credentials, a key, an amount and a price.
inline const FieldList kGoodFields{{"Authorization", "Bearer t"}, {"idempotency-key", "k1"}};
inline constexpr std::string_view kGoodBody = R"({"amount": 4200, "price": 4200})";

}  // namespace errgate::sim
