// Model -> snapshot. The model was validated, so nothing can go wrong here.
#pragma once

#include "config/dialects.hpp"
#include "config/model.hpp"
#include "config/snapshot.hpp"
#include "config/tls_files.hpp"

namespace errgate::config {

// Everything but notices, hash and files.
Snapshot compile(Model model, const DialectSet& dialects, TlsContexts tls);

}  // namespace errgate::config
