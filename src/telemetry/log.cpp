// The gateway's own log on stderr.
#include "telemetry/log.hpp"

#include <algorithm>
#include <string>
#include <unistd.h>

namespace errgate::telemetry {

void log(std::string_view message) {
    std::string line = "errgate: ";
    line.append(message);
    std::ranges::replace_if(
        line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    line.push_back('\n');
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace errgate::telemetry
