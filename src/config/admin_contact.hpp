// Where the admin listener of a gateway is, and what it asks for, by that gateway's routes file.
#pragma once

#include "config/environment.hpp"
#include "config/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace errgate::config {

// Reads the file that admin.token_file names, if any, into model.admin.token; white space around
// the token is no part of it.
void read_admin_token(Model& model, const Value& root, const std::string& file,
                      std::vector<Problem>& problems);

// The `admin` part of the routes file, whatever is wrong elsewhere in it: the gateway that runs
// with it can still be asked. Nothing, with problems, when the file cannot be read or parsed, or
// when that part is wrong.
std::optional<AdminModel> load_admin_contact(const std::string& path,
                                             const Environment& environment,
                                             std::vector<Problem>& problems);

}  // namespace errgate::config
