// A run's end and the last sign of a generator in it say what any piece of it looks like.
#include "errors/run_reader.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace errgate::errors {

namespace {

bool is_long_word(std::string_view word) {
    constexpr std::size_t kLongerThanWords = 20;
    return word.size() >= kLongerThanWords && std::ranges::all_of(word, base::is_alpha);
}

}  // namespace

bool looks_random(std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (base::is_digit(word[i])) return true;
        if (i > 0 && base::is_upper(word[i]) && base::is_lower(word[i - 1])) return true;
    }
    return is_long_word(word);
}

std::size_t RunReader::end_of_words(std::size_t at) {
    end(at);
    return std::max(words_end_, at);
}

bool RunReader::looks_random(std::size_t begin, std::size_t end) const {
    return begin < signs_end_ || is_long_word(text_.substr(begin, end - begin));
}

void RunReader::read(std::size_t at) {
    begin_ = end_ = words_end_ = signs_end_ = at;
    for (; end_ < text_.size(); ++end_) {
        const char c = text_[end_];
        if (!(*kind_)[static_cast<unsigned char>(c)]) break;
        if (base::is_digit(c)) signs_end_ = end_ + 1;
        const bool inside = end_ > begin_ && base::is_lower(text_[end_ - 1]);
        if (inside && base::is_upper(c)) signs_end_ = end_;
        if (c != '.' && c != '-') words_end_ = end_ + 1;
    }
    read_ += end_ - begin_;
}

}  // namespace errgate::errors
