// Notices that the files of the configuration have changed.
#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace errgate::app {

// Watches the folders of the files with inotify, because files are replaced more often than
// written: editors and configuration tools rename a new one into place, Kubernetes swaps a symbolic
// link (`..data`) beside them. An event only starts a short wait for the end of the others; then
// the files themselves are compared with what they were, so that a log written into the same folder
// is no change. Belongs to the thread that runs the io_context.
class ConfigWatch {
  public:
    ConfigWatch(boost::asio::io_context& io, std::function<void()> changed);
    ~ConfigWatch();
    ConfigWatch(const ConfigWatch&) = delete;
    ConfigWatch& operator=(const ConfigWatch&) = delete;

    // From now on these files, and all that match the patterns (full globs).
    void follow(const std::vector<std::string>& files, const std::vector<std::string>& patterns);
    // The files are about to be read for another reason: as they are now is no change any more.
    void about_to_read();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace errgate::app
