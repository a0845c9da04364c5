// The configuration as it is used, defaults filled in, without its secrets.
#pragma once

#include "config/document.hpp"
#include "config/model.hpp"

#include <string>

namespace errgate::config {

// One JSON object in the routes file's own shape: what it does not say has its default, what
// `defaults` says stands in every route. `[redacted]` stands for whatever came from ${NAME} and for
// every value of a header that is set. `root` is the document the model was read from. Durations
// are text ("2s"), sizes are bytes, `url` is always a list.
std::string effective_json(const Model& model, const Value& root);

}  // namespace errgate::config
