// The catalogue as a table, and the code of an error that no rule names.
#include "errors/codes.hpp"

#include <algorithm>
#include <array>

namespace errgate::errors {

namespace {

constexpr std::array kCatalogue = {
#define X(slug, status, category, transient, outcome, auto_retry, grpc, message)         \
    CodeInfo{Code::slug, #slug, status, Category::category, transient, Outcome::outcome, \
             auto_retry, #grpc, message},
#include "errors/codes.def"
#undef X
};

struct StatusDefault {
    int status;
    Code code;
};

constexpr std::array kStatusDefaults = std::to_array<StatusDefault>({
    {400, Code::invalid_request},
    {401, Code::unauthorized},
    {402, Code::payment_failed},
    {403, Code::forbidden},
    {404, Code::not_found},
    {405, Code::method_not_allowed},
    {406, Code::invalid_request},
    {407, Code::unauthorized},
    {408, Code::timeout},
    {409, Code::conflict},
    {410, Code::resource_expired},
    {411, Code::invalid_request},
    {412, Code::invalid_state},
    {413, Code::payload_too_large},
    {414, Code::invalid_request},
    {415, Code::unsupported_media_type},
    {421, Code::invalid_request},
    {422, Code::validation_error},
    {423, Code::resource_locked},
    {424, Code::provider_error},
    {425, Code::conflict},
    {426, Code::not_supported},
    {428, Code::invalid_request},
    {429, Code::rate_limited},
    {431, Code::invalid_request},
    {451, Code::forbidden},
    {500, Code::internal_error},
    {501, Code::not_supported},
    {502, Code::provider_error},
    {503, Code::service_unavailable},
    {504, Code::timeout},
    {507, Code::service_unavailable},
    {520, Code::provider_error},
    {521, Code::service_unavailable},
    {522, Code::timeout},
    {523, Code::service_unavailable},
    {524, Code::timeout},
    {525, Code::provider_error},
    {526, Code::provider_error},
    {527, Code::provider_error},
    {529, Code::service_unavailable},
    {530, Code::provider_error},
    {598, Code::timeout},
    {599, Code::timeout},
});

}  // namespace

const CodeInfo& info(Code code) {
    return kCatalogue[static_cast<std::size_t>(code)];
}

std::span<const CodeInfo> all_codes() {
    return kCatalogue;
}

std::optional<Code> find_code(std::string_view slug) {
    const auto found = std::ranges::find(kCatalogue, slug, &CodeInfo::slug);
    if (found == kCatalogue.end()) return std::nullopt;
    return found->code;
}

Code default_code(int http_status) {
    const auto found = std::ranges::find(kStatusDefaults, http_status, &StatusDefault::status);
    if (found != kStatusDefaults.end()) return found->code;
    if (http_status >= 200 && http_status <= 299) return Code::payment_failed;
    if (http_status >= 400 && http_status <= 499) return Code::invalid_request;
    return Code::internal_error;
}

std::string_view to_string(Outcome outcome) {
    return outcome == Outcome::not_applied ? "not_applied" : "unknown";
}

std::string_view to_string(Category category) {
    switch (category) {
        case Category::request:
            return "request";
        case Category::authentication:
            return "authentication";
        case Category::permission:
            return "permission";
        case Category::resource:
            return "resource";
        case Category::idempotency:
            return "idempotency";
        case Category::payment:
            return "payment";
        case Category::rate_limit:
            return "rate_limit";
        case Category::upstream:
            return "upstream";
        case Category::gateway:
            break;
    }
    return "gateway";
}

}  // namespace errgate::errors
