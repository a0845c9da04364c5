// Files into memory, patterns into file names, bytes into a hash.
#pragma once

#include "config/document.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::config {

// May a file be a pipe or a device, as /dev/stdin can be? Reading one may wait for ever.
enum class Pipes { refused, allowed };

// The file's bytes. Unreadable, a directory, or past 8 MiB: one problem without a line.
std::optional<std::string> read_file(const std::string& path, std::vector<Problem>& problems,
                                     Pipes pipes = Pipes::refused);

// The pattern as matching_files() uses it.
std::string full_pattern(const std::string& pattern, const std::string& file);
// Names that match a glob(7) pattern, sorted. A relative pattern starts at the folder of `file`.
std::vector<std::string> matching_files(const std::string& pattern, const std::string& file);

// SHA-256 over the texts one after another, lower-case hex: for one file what sha256sum prints.
std::string hash_of(const std::vector<std::string_view>& texts);

}  // namespace errgate::config
