// Any bytes as a routes file: a snapshot or problems that can be printed, never both, never a
// crash.
#include "config/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errgate::config;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (text.find("dialects") != text.npos) return 0;  // it would read files of this machine
    // Every variable has a value that must not come out again.
    const Environment environment = [](const std::string&) { return "s3cr3t-value"; };
    const LoadResult result = load_text(text, "/nowhere/f", environment);
    if ((result.snapshot == nullptr) == result.problems.empty()) std::abort();
    const bool in_the_file = text.find("s3cr3t") != text.npos;
    for (const Problem& problem : result.problems) {
        const std::string line = to_string(problem);
        if (!line.starts_with("/nowhere/f:") || problem.message.empty()) std::abort();
        if (!in_the_file && line.find("s3cr3t") != line.npos) std::abort();
    }
    return 0;
}
