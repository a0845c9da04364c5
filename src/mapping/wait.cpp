#include "mapping/wait.hpp"

#include "http/date.hpp"
#include "http/head.hpp"
#include "mapping/iso_date.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

namespace errgate::mapping {
namespace {

using std::chrono::milliseconds;
using Wait = std::optional<milliseconds>;

constexpr double kEpochMillisFrom = 1e11;  // a larger plain number is an epoch in milliseconds
constexpr double kEpochSecondsFrom = 1e9;

Wait to_wait(double millis) {
    constexpr double kYear = 365.0 * 24 * 3600 * 1000;
    if (!std::isfinite(millis)) return std::nullopt;
    return milliseconds(std::llround(std::clamp(millis, 0.0, kYear)));
}

// Digits with at most one fraction: no sign, no exponent.
std::optional<double> parse_decimal(std::string_view text) {
    if (text.empty() || text.front() == '.') return std::nullopt;
    if (text.find_first_not_of("0123456789.") != text.npos) return std::nullopt;
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

double since_epoch_ms(base::WallTime time) {
    return std::chrono::duration<double, std::milli>(time.time_since_epoch()).count();
}

Wait parse_date(std::string_view text, base::WallTime now) {
    auto date = http::parse_http_date(text, now);
    if (!date) date = parse_iso_date(text);
    return date ? to_wait(since_epoch_ms(*date) - since_epoch_ms(now)) : std::nullopt;
}

Wait parse_automatic(std::string_view text, base::WallTime now) {
    const auto number = parse_decimal(text);
    if (!number) return parse_date(text, now);
    if (*number > kEpochMillisFrom) return to_wait(*number - since_epoch_ms(now));
    if (*number > kEpochSecondsFrom) return to_wait(*number * 1000 - since_epoch_ms(now));
    return to_wait(*number * 1000);
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes the piece before `separator` off the front.
std::string_view take(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view piece = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return piece;
}

// RateLimit field (draft-ietf-httpapi-ratelimit-headers): `"p";r=0;t=60`. `t` only says how long to
// wait where nothing is left; of several policies the longest wait counts.
Wait parse_rate_limit(std::string_view field) {
    Wait longest;
    while (!field.empty()) {
        std::string_view policy = take(field, ',');
        bool exhausted = false;
        Wait reset;
        while (!policy.empty()) {
            const std::string_view parameter = take(policy, ';');
            if (parameter == "r=0") exhausted = true;
            if (!parameter.starts_with("t=")) continue;
            if (const auto t = parse_decimal(parameter.substr(2))) reset = to_wait(*t * 1000);
        }
        if (exhausted && reset) longest = longest ? std::max(*longest, *reset) : reset;
    }
    return longest;
}

struct HintField {
    std::string_view name;
    WaitFormat format;
};
constexpr HintField kBeforeRateLimit[] = {{"retry-after-ms", WaitFormat::delta_ms},
                                          {"x-ms-retry-after-ms", WaitFormat::delta_ms},
                                          {"retry-after", WaitFormat::automatic}};
constexpr HintField kAfterRateLimit[] = {{"ratelimit-reset", WaitFormat::automatic},
                                         {"x-ratelimit-reset", WaitFormat::automatic},
                                         {"x-rate-limit-reset", WaitFormat::automatic}};

// What one response says. Its Date is read at most once, and only when there is a hint to hold
// against it: most errors have none.
class Hints {
  public:
    Hints(const http::Fields& fields, base::WallTime now) : fields_(fields), now_(now) {}

    Wait read(std::string_view text, WaitFormat format) {
        if (text.empty()) return std::nullopt;
        if (!reference_) {
            reference_ = http::parse_http_date(http::find(fields_, "date"), now_).value_or(now_);
        }
        return parse_wait(text, format, *reference_);
    }
    Wait read_any(std::span<const HintField> hints) {
        for (const HintField& hint : hints) {
            if (const Wait wait = read(http::find(fields_, hint.name), hint.format)) return wait;
        }
        return std::nullopt;
    }

  private:
    const http::Fields& fields_;
    base::WallTime now_;
    std::optional<base::WallTime> reference_;
};

}  // namespace

Wait parse_wait(std::string_view text, WaitFormat format, base::WallTime now) {
    text = trim(text);
    if (text.empty()) return std::nullopt;
    const auto scaled = [](std::string_view number, double factor, double offset) -> Wait {
        const auto value = parse_decimal(number);
        return value ? to_wait(*value * factor + offset) : std::nullopt;
    };
    switch (format) {
        case WaitFormat::automatic:
            return parse_automatic(text, now);
        case WaitFormat::delta_s:
            return scaled(text, 1000, 0);
        case WaitFormat::delta_ms:
            return scaled(text, 1, 0);
        case WaitFormat::epoch_s:
            return scaled(text, 1000, -since_epoch_ms(now));
        case WaitFormat::http_date:
            return parse_date(text, now);
        case WaitFormat::duration:
            if (!text.ends_with('s')) return std::nullopt;
            return scaled(text.substr(0, text.size() - 1), 1000, 0);
    }
    return std::nullopt;
}

Wait wait_hint(const std::vector<WaitSource>& sources, const Context& context, base::WallTime now) {
    const http::Fields& fields = context.response.fields;
    Hints hints(fields, now);
    for (const WaitSource& source : sources) {
        const auto text = source.from.value(context);
        if (const auto wait = hints.read(text.value_or(""), source.format)) return wait;
    }
    if (const auto wait = hints.read_any(kBeforeRateLimit)) return wait;
    if (const auto wait = parse_rate_limit(http::find(fields, "ratelimit"))) return wait;
    return hints.read_any(kAfterRateLimit);
}

}  // namespace errgate::mapping
