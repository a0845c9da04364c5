#include "cli/build_facts.hpp"

#include "app/version.hpp"

#include <boost/version.hpp>
#include <brotli/decode.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <pugixml.hpp>
#include <zlib.h>

namespace errgate::cli {
namespace {

std::string dotted(unsigned major, unsigned minor, unsigned patch) {
    return std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch);
}

std::string compiler() {
#if defined(__clang__)
    return "clang " + dotted(__clang_major__, __clang_minor__, __clang_patchlevel__);
#else
    return "g++ " + dotted(__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

std::string build_type() {
    const std::string sanitizers = ERRGATE_SANITIZERS;
    return ERRGATE_BUILD_TYPE + (sanitizers.empty() ? "" : ", sanitizers " + sanitizers);
}

// Headers-only libraries as compiled, shared ones as loaded: a security update changes those.
std::string libraries() {
    constexpr unsigned kMajorShift = 24;
    constexpr unsigned kMinorShift = 12;
    constexpr unsigned kPart = 0xfff;
    const unsigned brotli = BrotliDecoderVersion();
    std::string text =
        "Boost " + dotted(BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
    text += ", " + std::string(OpenSSL_version(OPENSSL_VERSION_STRING)).insert(0, "OpenSSL ");
    text += ", zlib " + std::string(zlibVersion());
    text +=
        ", brotli " + dotted(brotli >> kMajorShift, brotli >> kMinorShift & kPart, brotli & kPart);
    text += ", nlohmann-json " + dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                        NLOHMANN_JSON_VERSION_PATCH);
    text += ", pugixml " +
            dotted(PUGIXML_VERSION / 1000, PUGIXML_VERSION % 1000 / 10, PUGIXML_VERSION % 10);
    return text;
}

}  // namespace

std::string build_facts() {
    return "errgate " + std::string(app::kVersion) + "\nbuilt: " + build_type() + ", " +
           compiler() + "\nlibraries: " + libraries();
}

}  // namespace errgate::cli
