// Any bytes as a mapping file: dialects that work or problems that can be printed, never a crash.
#include "config/dialects.hpp"
#include "errors/envelope.hpp"
#include "mapping/classify.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace errgate;

void require(bool holds) {
    if (!holds) std::abort();
}

// A dialect that compiled must stand every answer.
void use(const mapping::Dialect& dialect) {
    constexpr std::array<std::string_view, 4> kBodies{
        R"({"code":"LOCK_A","error":{"code":1,"message":"No","details":[{"path":"a.b"}]},"a":[1]})",
        "<fault><code>E1</code><message>No</message></fault>", "error=declined&reason=funds",
        "<html><title>502 Bad Gateway</title></html>"};
    const http::Fields fields;
    for (const std::string_view body : kBodies) {
        for (const int status : {200, 402, 503}) {
            const auto result = mapping::classify(dialect, {"POST", "/v1/payments"},
                                                  {status, fields, body, true}, base::WallTime{});
            require(status < 400 || result.is_error);
            if (!result.is_error) continue;
            std::string envelope;
            errors::write_envelope(
                envelope, result.failure,
                {.request_id = "req_00000000000000000000000000", .provider_name = "psp"});
            require(!envelope.empty());
        }
        (void)mapping::inspects_success(dialect, 200, fields);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const config::MappingSource file{"fuzz.yaml", {reinterpret_cast<const char*>(data), size}};
    std::vector<config::Problem> problems;
    const config::DialectSet dialects = config::compile_mappings({file}, problems);
    for (const config::Problem& problem : problems)
        require(!problem.message.empty() && to_string(problem).starts_with("fuzz.yaml:"));
    for (const auto& [name, named] : dialects) {
        require(!name.empty() && (named.dialect != nullptr || !problems.empty()));
        if (named.dialect) use(*named.dialect);
    }
    if (problems.empty()) {
        std::size_t ran = 0;
        (void)config::run_examples({file}, dialects, ran);
    }
    return 0;
}
