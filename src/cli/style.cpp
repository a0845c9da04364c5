#include "cli/style.hpp"

#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace errgate::cli {
namespace {

constexpr Style kColours{"\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[0m"};

bool wants_colour() {
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return (no_color == nullptr || *no_color == '\0') && terminal != nullptr &&
           std::string_view(terminal) != "dumb";
}

bool is_terminal(const std::ostream& stream) {
    if (&stream == &std::cout) return isatty(STDOUT_FILENO) != 0;
    return &stream == &std::cerr && isatty(STDERR_FILENO) != 0;
}

}  // namespace

Style style_of(const std::ostream& stream) {
    return is_terminal(stream) && wants_colour() ? kColours : Style{};
}

void print_problems(const std::vector<config::Problem>& problems, std::ostream& err) {
    const Style style = style_of(err);
    for (const config::Problem& problem : problems) {
        const std::string line = to_string(problem);
        const std::size_t place = std::min(line.find(": "), line.size());
        err << style.bold << line.substr(0, place) << style.plain << line.substr(place) << '\n';
    }
}

}  // namespace errgate::cli
