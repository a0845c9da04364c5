// Which text a client reads: the provider's, where it is meant for people, else the code's own.
#pragma once

#include "errors/codes.hpp"
#include "mapping/body.hpp"

#include <string>
#include <string_view>

namespace errgate::mapping {

// May a client read this sentence of the provider's? Not of a code of 500 and more, and no debug
// output.
bool is_for_clients(const errors::CodeInfo& code, std::string_view sentence);

// For codes below 500 the provider's text, redacted; for the others, for HTML pages, for debug
// output and where the provider said nothing, the code's. Never empty.
// `about`: the pointer of the card data or secret that the text is about, if it is.
std::string client_message(const errors::CodeInfo& code, BodyKind kind, Text said,
                           std::string_view about = {});

}  // namespace errgate::mapping
