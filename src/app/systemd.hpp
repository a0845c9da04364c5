// What systemd and its clients expect of a service: readiness messages and inherited sockets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace errgate::app {

// Sends one message (sd_notify(3): "READY=1", several lines) to $NOTIFY_SOCKET; nothing when there
// is none. Failures are ignored: nobody listens.
void notify_service_manager(std::string_view message);
void notify_reloading();  // RELOADING=1 with the MONOTONIC_USEC that Type=notify-reload wants

// Descriptors of the listening sockets we were started with (sd_listen_fds(3)), close-on-exec. The
// environment variables are cleared, so a second call finds none.
std::vector<int> take_inherited_sockets();

}  // namespace errgate::app
