// Texts of any bytes through the redaction: printable UTF-8, within the limit.
#include "base/utf8.hpp"
#include "errors/redact.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

// The first byte says how much may come out.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errgate;
    if (size == 0) return 0;
    const std::size_t limit = std::size_t{data[0]} * 4;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::string once = errors::redact(text, limit);
    require(once.size() <= limit && base::is_valid_utf8(once));
    for (const char c : once)
        require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    const std::string about = errors::redact_about("/card/number", std::string(text), limit);
    require(about.size() <= limit && base::is_valid_utf8(about));
    require(errors::redact_value("cvc", std::string(text), limit) == "[redacted]");
    return 0;
}
