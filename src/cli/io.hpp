// What a subcommand talks to and how it ends.
#pragma once

#include <functional>
#include <iosfwd>

namespace errgate::cli {

// The process's streams, or a test's.
struct Io {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
};

// The process's exit codes.
inline constexpr int kFine = 0;
inline constexpr int kInvalidConfiguration =
    1;  // also: an example or a recorded line that is wrong
inline constexpr int kWrongUsage = 2;
inline constexpr int kCannotStart = 3;

// The subcommand that parsing chose; returns an exit code.
using Command = std::function<int(const Io&)>;

}  // namespace errgate::cli
