// The three forms of an HTTP date.
#include "http/date.hpp"

#include "http/syntax.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

namespace errgate::http {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

// Eats a text piece by piece; once something is not there, ok() is false for good.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    void expect(std::string_view piece) {
        ok_ = ok_ && rest_.starts_with(piece);
        if (ok_) rest_.remove_prefix(piece.size());
    }
    int digits(std::size_t n) {
        ok_ = ok_ && rest_.size() >= n;
        int value = 0;
        for (std::size_t i = 0; ok_ && i < n; ++i) {
            ok_ = is_digit(rest_[i]);
            value = value * 10 + (rest_[i] - '0');
        }
        if (ok_) rest_.remove_prefix(n);
        return value;
    }
    // Index of the name that comes next.
    unsigned name(std::span<const std::string_view> names) {
        for (unsigned i = 0; ok_ && i < names.size(); ++i) {
            if (!rest_.starts_with(names[i])) continue;
            rest_.remove_prefix(names[i].size());
            return i;
        }
        ok_ = false;
        return 0;
    }
    // asctime pads the day with a space.
    int padded_day() {
        if (!rest_.starts_with(' ')) return digits(2);
        expect(" ");
        return digits(1);
    }
    bool done() const { return ok_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

void read_clock(Reader& in, Parts& out) {
    out.hour = in.digits(2);
    in.expect(":");
    out.minute = in.digits(2);
    in.expect(":");
    out.second = in.digits(2);
}

std::optional<Parts> read_imf_fixdate(std::string_view text) {
    Reader in(text);
    Parts out;
    in.name(kDays);
    in.expect(", ");
    out.day = static_cast<unsigned>(in.digits(2));
    in.expect(" ");
    out.month = in.name(kMonths) + 1;
    in.expect(" ");
    out.year = in.digits(4);
    in.expect(" ");
    read_clock(in, out);
    in.expect(" GMT");
    if (!in.done()) return std::nullopt;
    return out;
}

int year_of(base::WallTime when) {
    return int(year_month_day(std::chrono::floor<days>(when)).year());
}

// RFC 9110 5.6.7: a two-digit year more than 50 years ahead is the most recent past one.
int full_year(int two_digits, base::WallTime now) {
    const int this_year = year_of(now);
    const int year = this_year - this_year % 100 + two_digits;
    return year > this_year + 50 ? year - 100 : year;
}

std::optional<Parts> read_rfc850(std::string_view text, base::WallTime now) {
    Reader in(text);
    Parts out;
    in.name(kLongDays);
    in.expect(", ");
    out.day = static_cast<unsigned>(in.digits(2));
    in.expect("-");
    out.month = in.name(kMonths) + 1;
    in.expect("-");
    out.year = full_year(in.digits(2), now);
    in.expect(" ");
    read_clock(in, out);
    in.expect(" GMT");
    if (!in.done()) return std::nullopt;
    return out;
}

std::optional<Parts> read_asctime(std::string_view text) {
    Reader in(text);
    Parts out;
    in.name(kDays);
    in.expect(" ");
    out.month = in.name(kMonths) + 1;
    in.expect(" ");
    out.day = static_cast<unsigned>(in.padded_day());
    in.expect(" ");
    read_clock(in, out);
    in.expect(" ");
    out.year = in.digits(4);
    if (!in.done()) return std::nullopt;
    return out;
}

std::optional<base::WallTime> to_time(const Parts& p) {
    const year_month_day date{std::chrono::year(p.year), std::chrono::month(p.month),
                              std::chrono::day(p.day)};
    // WallTime counts nanoseconds in 64 bits, which end in the year 2262.
    if (!date.ok() || p.year < 1700 || p.year > 2261) return std::nullopt;
    if (p.hour > 23 || p.minute > 59 || p.second > 60) return std::nullopt;  // 60: a leap second
    return sys_days(date) + std::chrono::hours(p.hour) + std::chrono::minutes(p.minute) +
           std::chrono::seconds(p.second);
}

void put_two_digits(base::Writer& out, unsigned value) {
    out.put(static_cast<char>('0' + value / 10 % 10));
    out.put(static_cast<char>('0' + value % 10));
}

}  // namespace

void put_http_date(base::Writer& out, base::WallTime when) {
    const sys_days day = std::chrono::floor<days>(when);
    const year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(when - day));
    const auto year = static_cast<unsigned>(int(date.year()));
    out.put(kDays[std::chrono::weekday(day).c_encoding()]);
    out.put(", ");
    put_two_digits(out, unsigned(date.day()));
    out.put(' ');
    out.put(kMonths[unsigned(date.month()) - 1]);
    out.put(' ');
    put_two_digits(out, year / 100);
    put_two_digits(out, year);
    out.put(' ');
    put_two_digits(out, static_cast<unsigned>(clock.hours().count()));
    out.put(':');
    put_two_digits(out, static_cast<unsigned>(clock.minutes().count()));
    out.put(':');
    put_two_digits(out, static_cast<unsigned>(clock.seconds().count()));
    out.put(" GMT");
}

std::optional<base::WallTime> parse_http_date(std::string_view text, base::WallTime now) {
    std::optional<Parts> parts = read_imf_fixdate(text);
    if (!parts) parts = read_rfc850(text, now);
    if (!parts) parts = read_asctime(text);
    return parts ? to_time(*parts) : std::nullopt;
}

std::string_view CachedDate::at(base::WallTime now) {
    const auto since_epoch = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    const std::int64_t second = since_epoch.count();
    if (second != second_ || size_ == 0) {
        base::Writer out(text_);
        put_http_date(out, now);
        size_ = out.size();
        second_ = second;
    }
    return {text_, size_};
}

}  // namespace errgate::http
