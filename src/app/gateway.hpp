// The whole gateway in one object: owns the control thread's loop and the workers.
#pragma once

#include "config/load.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace errgate::app {

// Start with construct + listen(); then run() blocks until stop. Used by `errgate run` and `errgate
// demo`.
class Gateway {
  public:
    // Reads the configuration anew, on a thread of its own; empty: there is nothing to reload from.
    using Load = std::function<config::LoadResult()>;

    explicit Gateway(std::shared_ptr<const config::Snapshot> snapshot, Load load = {});
    ~Gateway();

    // Binds every listener, admin too. An error is one line for stderr ("cannot listen on ...");
    // nothing is left bound then. Empty: all is well.
    std::string listen();
    // Port 0 in the file becomes the real one here, in the order of `listen:`.
    std::vector<config::Listener> listeners() const;
    config::ListenAddress admin_address() const;

    // Serves until SIGTERM or SIGINT (or stop()), then finishes what is in flight within
    // drain.timeout; a second signal ends at once. Reloads on SIGHUP, when the files change and
    // when asked to by POST /reload; SIGUSR1 opens the access log anew. Returns the process's exit
    // code.
    int run();
    void stop();  // from any thread

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace errgate::app
