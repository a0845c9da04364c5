// Runs that many words stand in: the same answers as from reading each again, for one reading.
#include "errors/run_reader.hpp"

#include "base/random.hpp"
#include "errors/named_values.hpp"
#include "errors/secrets.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errgate::errors {
namespace {

constexpr RunReader::Kind kNoBlanks = [] {
    RunReader::Kind kind{};
    kind.fill(true);
    kind[' '] = false;
    return kind;
}();

TEST(RunReader, SaysOfEveryPieceWhatReadingItAgainWould) {
    base::Random random(41);
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (std::uint32_t n = random.below(40); n > 0; --n)
            text += "aaaaaaaaaBc1-. "[random.below(15)];
        RunReader reader(text, kNoBlanks);
        for (std::size_t at = 0; at <= text.size(); at += random.below(4)) {
            const std::size_t end = std::min(text.find(' ', at), text.size());
            ASSERT_EQ(reader.end(at), end) << '"' << text << "\" at " << at;
            std::size_t words_end = end;
            while (words_end > at && (text[words_end - 1] == '.' || text[words_end - 1] == '-'))
                --words_end;
            ASSERT_EQ(reader.end_of_words(at), words_end) << '"' << text << "\" at " << at;
            ASSERT_EQ(reader.looks_random(at, words_end),
                      looks_random(std::string_view(text).substr(at, words_end - at)))
                << '"' << text << "\" at " << at;
        }
        ASSERT_LE(reader.characters_read(), text.size());
    }
}

std::string page_of(std::string_view piece) {
    std::string text;
    while (text.size() < 8192)
        text += piece;
    return text;
}

// Asks for every word of a text, as the scan does.
template <class Ask>
void for_each_word(std::string_view text, Ask ask) {
    for (std::size_t at = 0; at < text.size();) {
        const Token token = token_at(text, at);
        if (token.end > token.begin) ask(token);
        at = std::max(token.end, at + 1);
    }
}

// Each of these pages is one run, and each of its words would read the rest of it.
TEST(RunReader, APageOfKeyOpeningsIsReadOnce) {
    for (const char* piece : {"sk-sk-", "test_-test_-", "sk-a.", "basic+", "bearer-basic+"}) {
        const std::string text = page_of(piece);
        SecretMatcher secrets(text);
        for_each_word(text, [&](Token word) { EXPECT_FALSE(secrets.match(word, word.end)); });
        EXPECT_GT(secrets.characters_read(), text.size() / 2) << piece;
        EXPECT_LE(secrets.characters_read(), text.size()) << piece;
    }
}

TEST(RunReader, APageOfNamesIsReadOnce) {
    for (const char* piece : {"token:token:", "password:::::", "secret:", "a.token:"}) {
        const std::string text = page_of(piece);
        NamedValueMatcher values(text);
        for_each_word(text, [&](Token word) { EXPECT_FALSE(values.match(word)); });
        EXPECT_GT(values.characters_read(), text.size() / 2) << piece;
        EXPECT_LE(values.characters_read(), text.size()) << piece;
    }
}

}  // namespace
}  // namespace errgate::errors
