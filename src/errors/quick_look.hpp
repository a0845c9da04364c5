// One look at a text, so that the usual message costs no more than that.
#pragma once

#include <string_view>

namespace errgate::errors {

struct TextTraits {
    bool printable_ascii = true;   // nothing for plain_text() to change
    bool may_hold_secret = false;  // anything at all that a rule of the redaction could match
};
TextTraits look_at(std::string_view text);

}  // namespace errgate::errors
