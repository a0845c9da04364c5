// Does a Host field name this server by an address, or by a name that some attacker may own?
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace errgate::admin {

// Against DNS rebinding: a page on evil.example whose name is made to resolve to 127.0.0.1 reaches
// us from a victim's browser, but with its own name in Host. Names that no stranger controls pass:
// localhost and below, literal addresses, and those in `allowed` (compared without case or port).
bool is_trusted_host(std::string_view host_field, std::span<const std::string> allowed);

}  // namespace errgate::admin
