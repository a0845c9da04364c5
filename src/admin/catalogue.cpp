// The catalogue of canonical codes as JSON.
#include "admin/catalogue.hpp"

#include "errors/codes.hpp"

#include <nlohmann/json.hpp>

namespace errgate::admin {

std::string catalogue_json() {
    nlohmann::ordered_json codes = nlohmann::ordered_json::array();
    for (const errors::CodeInfo& code : errors::all_codes()) {
        codes.push_back({{"code", code.slug},
                         {"status", code.status},
                         {"category", to_string(code.category)},
                         {"transient", code.transient},
                         {"outcome", to_string(code.outcome)},
                         {"auto_retry", code.auto_retry},
                         {"grpc", code.grpc},
                         {"message", code.message}});
    }
    nlohmann::ordered_json page;
    page["codes"] = std::move(codes);
    return page.dump() + "\n";
}

}  // namespace errgate::admin
