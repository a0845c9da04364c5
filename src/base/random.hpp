// A small fast random generator for jitter, ids and load spreading. Not for secrets.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace errgate::base {

// xoshiro256** 1.0 (Blackman and Vigna), its state filled by SplitMix64 from one seed: the same
// seed gives the same numbers, so tests are exact. One thread. Works as a standard
// UniformRandomBitGenerator.
class Random {
  public:
    using result_type = std::uint64_t;

    explicit constexpr Random(std::uint64_t seed) {
        for (std::uint64_t& word : state_)
            word = split_mix(seed);
    }

    constexpr std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    // Uniform enough in [0, bound): the bias is below bound / 2^32. 0 for a bound of 0.
    constexpr std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
    }

    constexpr std::uint64_t operator()() { return next(); }
    static constexpr std::uint64_t min() { return 0; }
    static constexpr std::uint64_t max() { return std::numeric_limits<std::uint64_t>::max(); }

  private:
    static constexpr std::uint64_t split_mix(std::uint64_t& seed) {
        seed += 0x9E3779B97F4A7C15U;
        std::uint64_t z = seed;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }

    std::array<std::uint64_t, 4> state_{};
};

}  // namespace errgate::base
