// Issuer ranges (ISO/IEC 7812) as the schemes publish them, by the first six digits.
#include "errors/issuer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace errgate::errors {

namespace {

// Prefixes padded to six digits: 51 to 55 is 510000 to 559999. Lengths are inclusive.
struct IssuerRange {
    std::uint32_t first;
    std::uint32_t last;
    std::uint8_t min_length;
    std::uint8_t max_length;
};

constexpr auto kIssuerRanges = std::to_array<IssuerRange>({
    {220000, 220499, 16, 19},  // Mir
    {222100, 272099, 16, 16},  // Mastercard, second series
    {300000, 305999, 14, 19},  // Diners Club
    {309500, 309599, 14, 19},  // Diners Club
    {340000, 349999, 15, 15},  // American Express
    {352800, 358999, 16, 19},  // JCB
    {360000, 369999, 14, 19},  // Diners Club
    {370000, 379999, 15, 15},  // American Express
    {380000, 399999, 14, 19},  // Diners Club
    {400000, 499999, 13, 13},  // Visa, old
    {400000, 499999, 16, 16},  // Visa
    {400000, 499999, 19, 19},  // Visa
    {500000, 509999, 13, 19},  // Maestro, Verve, Elo, RuPay
    {510000, 559999, 16, 16},  // Mastercard
    {560000, 699999, 13, 19},  // Maestro, Discover, UnionPay, Elo, Hipercard, RuPay
    {810000, 829999, 16, 19},  // UnionPay, RuPay
    {860000, 860099, 16, 16},  // Uzcard
    {979200, 979299, 16, 16},  // Troy
    {986000, 986099, 16, 16},  // Humo
});

// A bit for each digit.
constexpr unsigned kFirstDigits = [] {
    unsigned digits = 0;
    for (const IssuerRange& range : kIssuerRanges) {
        for (std::uint32_t digit = range.first / 100000; digit <= range.last / 100000; ++digit)
            digits |= 1U << digit;
    }
    return digits;
}();

std::uint32_t first_six(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char c : digits.substr(0, 6))
        value = value * 10 + static_cast<std::uint32_t>(c - '0');
    return value;
}

}  // namespace

bool begins_issuer_range(char digit) {
    return (kFirstDigits >> (static_cast<unsigned>(digit) & 15U) & 1U) != 0;
}

bool has_issuer_range(std::string_view digits) {
    const std::uint32_t prefix = first_six(digits);
    return std::ranges::any_of(kIssuerRanges, [&](const IssuerRange& range) {
        return prefix >= range.first && prefix <= range.last && digits.size() >= range.min_length &&
               digits.size() <= range.max_length;
    });
}

}  // namespace errgate::errors
