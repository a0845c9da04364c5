// Where the checkout lies that this test program was built from.
#pragma once

#include <string>
#include <string_view>

namespace errgate::test {

// "deploy/prometheus.yml" -> its absolute path.
std::string source_path(std::string_view below);

}  // namespace errgate::test
