#include "support/source_path.hpp"

namespace errgate::test {

std::string source_path(std::string_view below) {
    return std::string(ERRGATE_SOURCE_DIR "/").append(below);
}

}  // namespace errgate::test
