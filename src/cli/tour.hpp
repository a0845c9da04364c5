// The tour of `errgate demo`: what each provider answers, and what the client gets instead.
#pragma once

#include "sim/client.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::cli {

struct Step {
    std::string provider;  // its requests have the prefix "/<provider>"; empty: no route matches
    std::string remark;    // what to look at
    sim::ClientRequest request;
    std::string code;  // canonical code to come; empty: a success, untouched
};
const std::vector<Step>& tour_steps();

struct Ports {
    std::uint16_t gateway = 0;
    std::map<std::string, std::uint16_t> providers;  // by name
};

// Takes every step, at the provider itself and through the gateway, and prints both answers.
// Returns the number of steps that did not come out as they must.
int take_tour(const Ports& ports, std::ostream& out);

// Compact JSON text broken after its outer members so that lines stay within `width` where they
// can; every line begins with `indent` spaces. Empty for text that is no object with members.
std::string wrap_members(std::string_view json, std::size_t indent, std::size_t width);

}  // namespace errgate::cli
