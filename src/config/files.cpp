#include "config/files.hpp"

#include "config/text_check.hpp"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <glob.h>
#include <memory>

namespace errgate::config {

std::optional<std::string> read_file(const std::string& path, std::vector<Problem>& problems,
                                     Pipes pipes) {
    const auto fail = [&](std::string message) {
        problems.push_back({path, {}, "", std::move(message)});
        return std::nullopt;
    };
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (std::filesystem::is_directory(status)) return fail("is a directory, not a file");
    if (pipes == Pipes::refused && std::filesystem::is_other(status))
        return fail("is no regular file");
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail("cannot be read: " + std::string(std::strerror(errno)));
    std::string text(kMaxFileBytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return fail("cannot be read: " + std::string(std::strerror(errno)));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxFileBytes) return fail("is larger than 8 MiB");
    return text;
}

std::string full_pattern(const std::string& pattern, const std::string& file) {
    return std::filesystem::path(file).parent_path() / pattern;
}

std::vector<std::string> matching_files(const std::string& pattern, const std::string& file) {
    const std::string full = full_pattern(pattern, file);
    std::vector<std::string> out;
    glob_t found{};
    if (glob(full.c_str(), 0, nullptr, &found) == 0) {
        out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    globfree(&found);
    return out;
}

std::string hash_of(const std::vector<std::string_view>& texts) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    for (const std::string_view text : texts) {
        EVP_DigestUpdate(context.get(), text.data(), text.size());
    }
    EVP_DigestFinal_ex(context.get(), digest.data(), &length);
    std::string hex;
    for (unsigned i = 0; i < length; ++i) {
        constexpr std::string_view digits = "0123456789abcdef";
        hex += digits[digest[i] >> 4];
        hex += digits[digest[i] & 15];
    }
    return hex;
}

}  // namespace errgate::config
