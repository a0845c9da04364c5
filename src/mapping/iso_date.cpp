#include "mapping/iso_date.hpp"

#include <charconv>
#include <chrono>

namespace errgate::mapping {
namespace {

using namespace std::chrono;

// Takes pieces off the front of a text.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    std::optional<int> digits(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        int value = 0;
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }
    bool skip(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip_digits() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of("0123456789"), rest_.size()));
    }
    bool done() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

std::optional<sys_days> parse_day(Scanner& scan) {
    const auto year = scan.digits(4);
    if (!year || !scan.skip('-')) return std::nullopt;
    const auto month = scan.digits(2);
    if (!month || !scan.skip('-')) return std::nullopt;
    const auto day = scan.digits(2);
    if (!day) return std::nullopt;
    const year_month_day date{std::chrono::year(*year),
                              std::chrono::month(static_cast<unsigned>(*month)),
                              std::chrono::day(static_cast<unsigned>(*day))};
    return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

// `12:00`, `12:00:30`, `12:00:30.25`; parts of a second are dropped.
std::optional<seconds> parse_time(Scanner& scan) {
    const auto hour = scan.digits(2);
    if (!hour || *hour > 23 || !scan.skip(':')) return std::nullopt;
    const auto minute = scan.digits(2);
    if (!minute || *minute > 59) return std::nullopt;
    seconds time = hours(*hour) + minutes(*minute);
    if (!scan.skip(':')) return time;
    const auto second = scan.digits(2);
    if (!second || *second > 60) return std::nullopt;
    if (scan.skip('.')) scan.skip_digits();
    return time + seconds(*second);
}

// `Z`, `+01:00`, `-0530`, or nothing.
std::optional<seconds> parse_offset(Scanner& scan) {
    if (scan.done() || scan.skip('Z') || scan.skip('z')) return seconds(0);
    const int sign = scan.skip('-') ? -1 : 1;
    if (sign > 0 && !scan.skip('+')) return std::nullopt;
    const auto hour = scan.digits(2);
    scan.skip(':');
    const auto minute = scan.digits(2);
    if (!hour || !minute) return std::nullopt;
    return sign * (hours(*hour) + minutes(*minute));
}

}  // namespace

std::optional<base::WallTime> parse_iso_date(std::string_view text) {
    Scanner scan(text);
    const auto day = parse_day(scan);
    if (!day) return std::nullopt;
    if (scan.done()) return base::WallTime(*day);
    if (!scan.skip('T') && !scan.skip('t') && !scan.skip(' ')) return std::nullopt;
    const auto time = parse_time(scan);
    if (!time) return std::nullopt;
    const auto offset = parse_offset(scan);
    if (!offset || !scan.done()) return std::nullopt;
    return base::WallTime(*day + *time - *offset);
}

}  // namespace errgate::mapping
