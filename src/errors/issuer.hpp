// Which issuers give out card numbers with which first digits and of which length.
#pragma once

#include <string_view>

namespace errgate::errors {

// `digits`: at least 6, digits only. True when some issuer's numbers start and are as long as this.
bool has_issuer_range(std::string_view digits);

// May a card number begin with this digit? Seven of ten may.
bool begins_issuer_range(char digit);

}  // namespace errgate::errors
