// The labels of one series, packed into the 63 bits a counter map takes as key.
#pragma once

#include "base/time.hpp"
#include "telemetry/record.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace errgate::telemetry {

// What a worker counts. A histogram is two families: its buckets (not cumulative) and the sum of
// its observations in nanoseconds.
enum class Family : std::uint8_t {
    requests,
    errors,
    attempts,
    retries,
    retries_suppressed,
    unmapped_errors,
    request_duration_buckets,
    request_duration_sum,
    upstream_duration_buckets,
    upstream_duration_sum,
    in_flight,
    upstream_connections,
    client_connections,
};
inline constexpr std::size_t kFamilyCount = 13;

enum class ConnectionState : std::uint8_t { idle, active };

// Upper bounds of both histograms; one more bucket, +Inf, takes the rest.
inline constexpr std::array<base::Micros, 14> kBucketBounds{
    base::Micros{5'000},     base::Micros{10'000},    base::Micros{25'000},
    base::Micros{50'000},    base::Micros{75'000},    base::Micros{100'000},
    base::Micros{250'000},   base::Micros{500'000},   base::Micros{750'000},
    base::Micros{1'000'000}, base::Micros{2'500'000}, base::Micros{5'000'000},
    base::Micros{7'500'000}, base::Micros{10'000'000}};

// The closed set of method labels: the methods of RFC 9110 and PATCH; anything else is _OTHER.
inline constexpr std::array<std::string_view, 10> kMethodLabels{
    "_OTHER", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};
std::uint8_t method_label(std::string_view method);  // index into kMethodLabels

// Unused members keep their defaults. Which of them a family uses: counters.cpp and collector.cpp.
struct LabelKey {
    std::uint16_t route = kNone;
    std::uint16_t upstream = kNone;
    std::uint16_t status = 0;  // 0 to 999; 0: none. The client's, or the provider's
    std::uint8_t word = 0;     // code, reason, refusal, method, bucket or connection state
    std::uint8_t flag = 0;     // origin: 0 upstream, 1 gateway

    constexpr std::uint64_t pack() const {
        return std::uint64_t{route} << 40 | std::uint64_t{upstream} << 24 |
               std::uint64_t{status} << 10 | std::uint64_t{word} << 1 | std::uint64_t{flag};
    }
    static constexpr LabelKey unpack(std::uint64_t packed) {
        return {static_cast<std::uint16_t>(packed >> 40), static_cast<std::uint16_t>(packed >> 24),
                static_cast<std::uint16_t>(packed >> 10 & 0x3fff),
                static_cast<std::uint8_t>(packed >> 1 & 0xff),
                static_cast<std::uint8_t>(packed & 1)};
    }
    friend constexpr bool operator==(const LabelKey&, const LabelKey&) = default;
};

// `word` of an attempt that the record's array had no room for.
inline constexpr std::uint8_t kUnrecordedAttempt = 0xff;

}  // namespace errgate::telemetry
