// Reads a body that has to be understood before anything is answered: an error, or a 2xx that may
// hide one.
#pragma once

#include "errors/failure.hpp"
#include "proxy/exchange_state.hpp"
#include "proxy/net.hpp"

namespace errgate::proxy {

// Must this response be shown to the mapping engine? Any status from 400; a 2xx only when its
// dialect looks for errors there and the body is of a type and size it reads, or another gateway
// found one there.
bool needs_body(const Exchange& exchange);

// What an upstream that speaks the envelope says of this answer in its fields.
std::optional<mapping::SpokenEnvelope::Words> annotations(const Exchange& exchange);

// May the client get this upstream's failures as they are: by the route's errors.mode, or because
// the upstream speaks the envelope itself? Then nothing that was read of one may be dropped.
bool may_pass_on(const Exchange& exchange);

// Reads into exchange.error_body up to limits.error_body; error_body_goes_on when there is more. An
// error status is understood with whatever could be read, so it never fails; a 2xx that breaks off
// is a failure, because nobody can tell any more whether it hid an error; one that grows past the
// limit streams on.
Awaitable<errors::GatewayReason> read_error_body(Exchange& exchange, base::TimePoint until);

}  // namespace errgate::proxy
