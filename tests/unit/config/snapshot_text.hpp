// Everything a snapshot holds, as text that tests compare.
#pragma once

#include "config/snapshot.hpp"

#include <string>

namespace errgate::config {

std::string text_of(const Snapshot& snapshot);

}  // namespace errgate::config
