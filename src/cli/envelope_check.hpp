// Is an answer the envelope the contract promises? The tour's judge.
#pragma once

#include "sim/client.hpp"

#include <string>
#include <string_view>

namespace errgate::cli {

// Why this answer is not the envelope of `code`, in one sentence; empty: it is.
std::string envelope_problem(const sim::ClientResponse& response, std::string_view code);

}  // namespace errgate::cli
