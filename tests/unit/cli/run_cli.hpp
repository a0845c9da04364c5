// Runs one command line against strings instead of the process's streams.
#pragma once

#include "cli/cli.hpp"

#include <sstream>
#include <string>
#include <vector>

namespace errgate::cli {

struct Ran {
    int exit_code = -1;
    std::string out;
    std::string err;
};

inline Ran run_cli(const std::vector<std::string>& arguments, const std::string& input = {}) {
    std::vector<const char*> argv{"errgate"};
    for (const auto& argument : arguments)
        argv.push_back(argument.c_str());
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    const int code = run_command_line(static_cast<int>(argv.size()), argv.data(), {in, out, err});
    return {code, out.str(), err.str()};
}

}  // namespace errgate::cli
