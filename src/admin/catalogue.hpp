// The catalogue of canonical codes as JSON.
#pragma once

#include <string>

namespace errgate::admin {

// {"codes":[{"code","status","category","transient","outcome","auto_retry","grpc","message"}, ...]}
// in the catalogue's order.
std::string catalogue_json();

}  // namespace errgate::admin
