// Globs of codes and paths: linear in time but for the restarts at a `*`.
#include "mapping/pattern.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The classic two-pointer walk: on a mismatch, the last `*` takes one byte more. `fits` says
// whether a byte of the glob takes one of the text; a `?` takes the rest of its character too.
template <typename Fits>
bool walk(std::string_view glob, std::string_view text, Fits fits) {
    constexpr std::size_t kNone = std::string_view::npos;
    std::size_t g = 0, t = 0, star = kNone, taken = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            taken = t;
        } else if (g < glob.size() && fits(glob[g], text[t])) {
            ++t;
            if (glob[g++] != '?') continue;
            while (t < text.size() && continues_character(text[t]))
                ++t;
        } else if (star != kNone) {
            g = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', g) == kNone;
}

}  // namespace

bool glob_match(std::string_view glob, std::string_view text) {
    return walk(glob, text, [](char g, char t) { return g == '?' || g == t; });
}

bool is_glob(std::string_view text) {
    return text.find_first_of("*?") != std::string_view::npos;
}

bool glob_covers(std::string_view broad, std::string_view narrow) {
    return walk(broad, narrow, [](char b, char n) { return n != '*' && (b == '?' || b == n); });
}

bool any_match(const Globs& globs, std::string_view text) {
    return std::any_of(globs.begin(), globs.end(),
                       [&](const std::string& glob) { return glob_match(glob, text); });
}

}  // namespace errgate::mapping
