// Chunked bodies: what is decoded, what is refused, and that splits change nothing.
#include "http/chunked.hpp"

#include "decode.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::http {
namespace {

using namespace std::string_literals;

struct Good {
    const char* name;
    std::string text;
    std::string data;
};

TEST(ChunkDecoder, decodes) {
    const Good cases[] = {
        {"one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello"},
        {"several", "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"},
        {"none", "0\r\n\r\n", ""},
        {"several zeros", "000\r\n\r\n", ""},
        {"both cases of hex", "0a\r\n0123456789\r\n0A\r\n0123456789\r\n0\r\n\r\n",
         "01234567890123456789"},
        {"sixteen digits", "0000000000000001\r\na\r\n0\r\n\r\n", "a"},
        {"data that looks like framing", "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n"},
        {"extension", "1;a\r\na\r\n0;b=c\r\n\r\n", "a"},
        {"quoted extension", "1;a=\"b;\\\"c\"\r\na\r\n0\r\n\r\n", "a"},
        {"extension of 256 bytes", "1;" + std::string(256, 'x') + "\r\na\r\n0\r\n\r\n", "a"},
        {"trailers", "1\r\na\r\n0\r\nDigest: x\r\nB:\r\n\r\n", "a"},
        {"framing in trailers is dropped", "0\r\nContent-Length: 9\r\nHost: y\r\n\r\n", ""},
    };
    for (const Good& c : cases) {
        SCOPED_TRACE(c.name);
        const Decoded expected{c.data, c.text.size(), true, Violation::none};
        EXPECT_EQ(decode(c.text), expected);
        EXPECT_EQ(decode(c.text, {1}), expected);
        EXPECT_EQ(decode(c.text + "GET / HTTP/1.1"), expected) << "next message untouched";
    }
}

struct Bad {
    const char* name;
    std::string text;
    Violation expected;
};

TEST(ChunkDecoder, refuses) {
    constexpr Violation bad = Violation::malformed_chunk;
    const Bad cases[] = {
        {"no size", "\r\n", bad},
        {"no size before an extension", ";a\r\n", bad},
        {"not hex", "g\r\n", bad},
        {"plus", "+5\r\nhello\r\n", bad},
        {"minus", "-5\r\nhello\r\n", bad},
        {"0x", "0x5\r\nhello\r\n", bad},
        {"underscore", "1_0\r\n", bad},
        {"space before", " 5\r\nhello\r\n", bad},
        {"space behind", "5 \r\nhello\r\n", bad},
        {"space before the extension", "5 ;a\r\nhello\r\n", bad},
        {"tab behind", "5\t\r\nhello\r\n", bad},
        {"NUL behind", "5\0\r\nhello\r\n"s, bad},
        {"seventeen digits", "00000000000000005\r\nhello\r\n", bad},
        {"2^63", "8000000000000000\r\n", bad},
        {"2^64", "10000000000000000\r\n", bad},
        {"bare LF behind the size", "5\nhello\r\n", bad},
        {"bare CR behind the size", "5\rhello\r\n", bad},
        {"CR CR LF", "5\r\r\nhello\r\n", bad},
        {"TERM.EXT: bare LF in an extension", "5;a\nhello\r\n", bad},
        {"EXT.TERM: bare CR in an extension", "5;a\rb\r\nhello\r\n", bad},
        {"quoted string over the line end", "5;a=\"\r\nhello\r\n", bad},
        {"escape before the line end", "5;a=\"\\\r\nhello\r\n", bad},
        {"NUL in an extension", "5;\0\r\nhello\r\n"s, bad},
        {"SPILL: more data than told", "5\r\nhelloX\r\n", bad},
        {"less data than told", "5\r\nhell\r\n0\r\n", bad},
        {"bare LF behind the data", "5\r\nhello\n0\r\n\r\n", bad},
        {"any two bytes behind the data", "5\r\nhelloXX0\r\n\r\n", bad},
        {"any two bytes at the end", "0\r\nXX\r\n", bad},
        {"bare LF at the end", "0\r\n\n", bad},
        {"bare CR at the end", "0\r\n\rX", bad},
        {"bare LF in a trailer", "0\r\na: b\n\r\n", bad},
        {"bare CR in a trailer", "0\r\na: b\rc\r\n\r\n", bad},
        {"folded trailer", "0\r\na: b\r\n c\r\n\r\n", bad},
        {"a request in place of trailers", "0\r\nGET / HTTP/1.1\r\n\r\n", bad},
        {"empty trailer name", "0\r\n: b\r\n\r\n", bad},
        {"extension of 257 bytes", "1;" + std::string(257, 'x'),
         Violation::chunk_extension_too_long},
        {"trailers over 8 KiB", "0\r\na: " + std::string(8192, 'x'), Violation::trailers_too_large},
        {"many trailers",
         "0\r\n" +
             [] {
                 std::string lines;
                 while (lines.size() <= 8192 * 2)
                     lines += "a: b\r\n";
                 return lines;
             }(),
         Violation::trailers_too_large},
    };
    for (const Bad& c : cases) {
        SCOPED_TRACE(c.name);
        const Decoded whole = decode(c.text);
        EXPECT_EQ(whole.violation, c.expected);
        EXPECT_FALSE(whole.done);
        EXPECT_EQ(decode(c.text, {1}), whole);
    }
}

TEST(ChunkDecoder, asks_for_more_when_the_body_is_cut) {
    const std::string text = "5\r\nhello\r\n0\r\nA: b\r\n\r\n";
    for (std::size_t size = 0; size < text.size(); ++size) {
        const Decoded part = decode(text.substr(0, size));
        EXPECT_FALSE(part.done) << size;
        EXPECT_EQ(part.violation, Violation::none) << size;
    }
}

TEST(ChunkDecoder, gives_data_as_views_in_bulk) {
    const std::string_view text = "5\r\nhello\r\n";
    ChunkDecoder decoder;
    const ChunkDecoder::Step step = decoder.next(text);
    EXPECT_EQ(step.status, ChunkDecoder::Status::data);
    EXPECT_EQ(step.data.data(), text.data() + 3);
    EXPECT_EQ(step.consumed, 8u);
}

TEST(ChunkDecoder, stays_failed_or_done_until_reset) {
    ChunkDecoder decoder;
    EXPECT_EQ(decoder.next("x").violation, Violation::malformed_chunk);
    EXPECT_EQ(decoder.next("0\r\n\r\n").violation, Violation::malformed_chunk);
    decoder.reset();
    EXPECT_EQ(decoder.next("0\r\n\r\n").status, ChunkDecoder::Status::done);
    EXPECT_TRUE(decoder.done());
    EXPECT_EQ(decoder.next("5\r\n").consumed, 0u);
}

TEST(ChunkHead, is_the_size_in_hex) {
    std::array<char, 32> buffer;
    base::Writer out(buffer);
    put_chunk_head(out, 420);
    EXPECT_EQ(out.view(), "1a4\r\n");
}

std::string encode(const std::vector<std::string>& chunks) {
    std::string text;
    for (const std::string& chunk : chunks) {
        std::array<char, 32> buffer;
        base::Writer out(buffer);
        put_chunk_head(out, chunk.size());
        text.append(out.view()).append(chunk).append(kChunkTail);
    }
    return text.append(kLastChunk);
}

TEST(ChunkedProperty, what_is_encoded_is_decoded_under_any_split) {
    std::mt19937 random(7);
    for (int i = 0; i < 500; ++i) {
        std::vector<std::string> chunks(random() % 5);
        std::string data;
        for (std::string& chunk : chunks) {
            chunk.resize(1 + random() % 40);
            for (char& c : chunk)
                c = static_cast<char>(random());
            data += chunk;
        }
        const std::string text = encode(chunks);
        const std::vector<std::size_t> sizes{1 + random() % 9, 1 + random() % 30};
        EXPECT_EQ(decode(text, sizes), (Decoded{data, text.size(), true, Violation::none}));
    }
}

TEST(ChunkedProperty, random_bytes_give_one_verdict_under_any_split) {
    static constexpr std::string_view kAlphabet = "0015aF\r\n\r\n;:\" x";
    std::mt19937 random(11);
    for (int i = 0; i < 20000; ++i) {
        std::string text(random() % 24, '\0');
        for (char& c : text)
            c = kAlphabet[random() % kAlphabet.size()];
        EXPECT_EQ(decode(text, {1 + random() % 5}), decode(text));
    }
}

}  // namespace
}  // namespace errgate::http
