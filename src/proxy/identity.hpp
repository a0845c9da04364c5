// Who asks and under which ids: request id, trace, idempotency key.
#pragma once

#include "proxy/exchange_state.hpp"

namespace errgate::proxy {

class ClientConnection;
class Worker;

// Adopts or mints the request id, continues or begins the trace, and fills in the record what is
// known of the request, however broken it is.
void identify(Worker& worker, const ClientConnection& client, Exchange& exchange);

// May this request be sent twice? By its method, or by a key that this upstream's dialect honours:
// the client's own, or one minted here when the route says so. Needs the body.
void decide_replay_safety(Worker& worker, Exchange& exchange);

// A new parent id for the next attempt; trace id and flags stay.
void renew_trace_parent(Worker& worker, Exchange& exchange);

}  // namespace errgate::proxy
