// The errgate program: everything is in cli/.
#include "cli/cli.hpp"

#include <iostream>

int main(int argc, char** argv) {
    return errgate::cli::run_command_line(argc, argv, {std::cin, std::cout, std::cerr});
}
