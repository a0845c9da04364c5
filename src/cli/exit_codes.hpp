// What the process's exit codes mean, for --help and the manual page.
#pragma once

#include "cli/io.hpp"

#include <string>
#include <string_view>

namespace errgate::cli {

struct ExitCode {
    int value;
    std::string_view meaning;
};

inline constexpr ExitCode kExitCodes[] = {
    {kFine, "fine"},
    {kInvalidConfiguration, "invalid configuration, or a check that does not hold"},
    {kWrongUsage, "wrong usage"},
    {kCannotStart, "cannot start"},
};

// "0 fine, 1 ..., 3 cannot start"
inline std::string exit_code_list() {
    std::string list;
    for (const auto& [value, meaning] : kExitCodes)
        list += (list.empty() ? "" : ", ") + std::to_string(value) + ' ' + std::string(meaning);
    return list;
}

}  // namespace errgate::cli
