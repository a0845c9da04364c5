#include "mapping/json_scanner.hpp"

#include "base/ascii.hpp"
#include "base/ascii_scan.hpp"
#include "mapping/code_point.hpp"

#include <bit>
#include <charconv>

namespace errgate::mapping {
namespace {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20;
}

// The end of what may stay as it is: up to a quote, a backslash or a control character.
char* plain_end(char* at, const char* end) {
    for (; end - at >= 8; at += 8) {
        const std::uint64_t specials = base::json_specials(base::load_word(at));
        if (specials != 0) return at + std::countr_zero(specials) / 8;
    }
    while (at != end && *at != '"' && *at != '\\' && !is_control(*at))
        ++at;
    return at;
}

bool is_beyond_double(std::string_view number) {
    constexpr std::size_t kAlwaysFits = 300;  // digits without an exponent
    if (number.size() <= kAlwaysFits && number.find_first_of("eE") == number.npos) return false;
    double value = 0;
    return std::from_chars(number.data(), number.data() + number.size(), value).ec ==
           std::errc::result_out_of_range;
}

// What a backslash before `c` stands for; 0 when nothing, or more than one character.
char unescaped(char c) {
    switch (c) {
        case '"':
        case '\\':
        case '/':
            return c;
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return '\0';
    }
}

}  // namespace

JsonScanner::End JsonScanner::run() {
    while (value() && after_value()) {
    }
    builder_.finish();
    return result_;
}

// A scalar or an empty container, after opening whatever stands around it.
bool JsonScanner::value() {
    while (true) {
        if (builder_.full()) return stop(End::full);
        skip_blanks();
        if (at_end()) return stop(End::cut);
        std::string_view text;
        switch (*at_) {
            case '{':
            case '[':
                open(*at_);
                skip_blanks();
                if (next_is(open_.back() == '{' ? '}' : ']')) return close(), true;
                if (open_.back() == '{' && !key()) return false;
                continue;
            case '"':
                if (!string(text)) return false;
                rewritten_ ? builder_.string(text) : builder_.line(text);
                return true;
            case 't':
                return literal("true", Node::Kind::boolean);
            case 'f':
                return literal("false", Node::Kind::boolean);
            case 'n':
                return literal("null", Node::Kind::null);
            default:
                return number();
        }
    }
}

// Closes what ends here and goes on to the next value; false when there is none.
bool JsonScanner::after_value() {
    while (true) {
        skip_blanks();
        if (open_.empty()) return stop(at_end() ? End::complete : End::invalid);
        if (at_end()) return stop(End::cut);
        const bool object = open_.back() == '{';
        if (*at_ == ',') {
            ++at_;
            return !object || key();
        }
        if (*at_ != (object ? '}' : ']')) return stop(End::invalid);
        close();
    }
}

bool JsonScanner::key() {
    skip_blanks();
    if (at_end()) return stop(End::cut);
    if (*at_ != '"') return stop(End::invalid);
    std::string_view name;
    if (!string(name)) return false;
    skip_blanks();
    if (at_end()) return stop(End::cut);
    if (*at_ != ':') return stop(End::invalid);
    ++at_;
    builder_.key(name);
    return true;
}

bool JsonScanner::string(std::string_view& out) {
    char* const begin = at_ + 1;
    at_ = plain_end(begin, end_);
    rewritten_ = !next_is('"');
    if (rewritten_) return rewrite_string(begin, out);
    out = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
}

// From the first character on that may not stay as it is.
bool JsonScanner::rewrite_string(char* begin, std::string_view& out) {
    char* to = at_;
    while (!at_end() && *at_ != '"') {
        if (*at_ == '\\') {
            if (!escape(to)) return false;
        } else {
            *to++ = is_control(*at_) ? ' ' : *at_;
            ++at_;
        }
    }
    if (at_end()) return stop(End::cut);
    ++at_;
    out = {begin, static_cast<std::size_t>(to - begin)};
    return true;
}

bool JsonScanner::escape(char*& to) {
    if (++at_ == end_) return stop(End::cut);
    const char c = *at_++;
    if (c == 'u') return unicode_escape(to);
    *to = unescaped(c);
    return *to++ != '\0' || stop(End::invalid);
}

// Six bytes or twelve become at most three or four: there is always room.
bool JsonScanner::unicode_escape(char*& to) {
    std::uint32_t point = 0;
    if (!unit(point)) return false;
    if (is_high_surrogate(point) && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
        char* const second = at_;
        at_ += 2;
        std::uint32_t low = 0;
        if (!unit(low)) return false;
        if (is_low_surrogate(low)) {
            point = join_surrogates(point, low);
        } else {
            at_ = second;
        }
    }
    const bool half = is_high_surrogate(point) || is_low_surrogate(point);
    to = put_utf8(to, half ? kReplacement : point);
    return true;
}

bool JsonScanner::unit(std::uint32_t& out) {
    constexpr int kDigits = 4;
    const char* const begin = at_;
    for (int i = 0; i < kDigits; ++i, ++at_) {
        if (at_end()) return stop(End::cut);
        if (!base::is_hex(*at_)) return stop(End::invalid);
    }
    std::from_chars(begin, at_, out, 16);
    return true;
}

bool JsonScanner::number() {
    char* const begin = at_;
    if (*at_ == '-') ++at_;
    if (next_is('0')) {
        ++at_;
    } else if (!digits()) {
        return false;
    }
    if (next_is('.')) {
        ++at_;
        if (!digits()) return false;
    }
    if (next_is('e') || next_is('E')) {
        ++at_;
        if (next_is('+') || next_is('-')) ++at_;
        if (!digits()) return false;
    }
    // The text ended inside a container: who knows how many digits are missing.
    if (at_end() && !open_.empty()) return stop(End::cut);
    const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    is_beyond_double(text) ? builder_.null() : builder_.number(text);
    return true;
}

bool JsonScanner::digits() {
    if (at_end()) return stop(End::cut);
    if (!base::is_digit(*at_)) return stop(End::invalid);
    while (!at_end() && base::is_digit(*at_))
        ++at_;
    return true;
}

bool JsonScanner::literal(std::string_view word, Node::Kind kind) {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    if (!rest.starts_with(word)) {
        return stop(word.starts_with(rest) ? End::cut : End::invalid);
    }
    at_ += word.size();
    kind == Node::Kind::null ? builder_.null() : builder_.boolean(word.front() == 't');
    return true;
}

void JsonScanner::open(char bracket) {
    ++at_;
    open_.push_back(bracket);
    builder_.begin(bracket == '{' ? Node::Kind::object : Node::Kind::array);
}

void JsonScanner::close() {
    ++at_;
    open_.pop_back();
    builder_.end();
}

void JsonScanner::skip_blanks() {
    while (!at_end() && (*at_ == ' ' || is_control(*at_)))
        ++at_;
}

}  // namespace errgate::mapping
