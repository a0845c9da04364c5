// The envelope as an OpenAPI document, to be referred to from an API's own.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace errgate::cli {

// OpenAPI 3.1: components.schemas.Error and ProblemDetails, components.responses.Error. No paths.
nlohmann::ordered_json openapi_document();

}  // namespace errgate::cli
