// Certificates, keys and authorities of a routes file: read, checked and made into contexts.
#pragma once

#include "config/model.hpp"
#include "config/reader.hpp"
#include "config/snapshot.hpp"

#include <ctime>
#include <memory>
#include <string>
#include <vector>

namespace errgate::config {

// Indices are those of the model. Null: plain HTTP.
struct TlsContexts {
    std::vector<std::shared_ptr<const tls::ServerContext>> listeners;
    std::vector<std::shared_ptr<const tls::ClientContext>> upstreams;
    std::vector<std::string> files;  // all that were read
};

// A file that cannot be read, holds something else, has expired at `now` or does not fit its
// partner is a problem at the key that names it. Relative names start at the folder of the routes
// file.
TlsContexts load_tls(const Model& model, const Value& root, std::time_t now, Report& report);

}  // namespace errgate::config
