// The gateway's own log on stderr: start, reload, drain, stop. One line an event.
#pragma once

#include <string_view>

namespace errgate::telemetry {

// Writes "errgate: <message>" and a line feed with one system call, so lines of several threads do
// not mix. Control characters in the message become spaces. Failures to write are ignored.
void log(std::string_view message);

}  // namespace errgate::telemetry
