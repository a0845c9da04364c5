// Content codings, honest and not.
#include "mapping/decompress.hpp"

#include "answers.hpp"

#include <brotli/encode.h>
#include <zlib.h>

namespace errgate::mapping {
namespace {

const std::string kJson = R"({"code":"declined","message":"no"})";
constexpr int kGzip = 15 + 16;
constexpr int kZlib = 15;
constexpr int kRaw = -15;

std::string deflated(std::string_view text, int window_bits) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string brotli(std::string_view text) {
    std::size_t size = BrotliEncoderMaxCompressedSize(text.size()) + 16;
    std::string out(size, '\0');
    EXPECT_TRUE(BrotliEncoderCompress(5, 22, BROTLI_MODE_TEXT, text.size(),
                                      reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                      reinterpret_cast<std::uint8_t*>(out.data())));
    out.resize(size);
    return out;
}

struct CodingCase {
    const char* name;
    std::string bytes;
    const char* coding;
};

class Coding : public testing::TestWithParam<CodingCase> {};

TEST_P(Coding, IsUndone) {
    EXPECT_EQ(at(decode(GetParam().bytes, "application/json", GetParam().coding), "/code"),
              "declined");
}

INSTANTIATE_TEST_SUITE_P(
    Codings, Coding,
    testing::Values(CodingCase{"gzip", deflated(kJson, kGzip), "gzip"},
                    CodingCase{"x_gzip", deflated(kJson, kGzip), "X-GZip"},
                    CodingCase{"deflate_zlib", deflated(kJson, kZlib), "deflate"},
                    CodingCase{"deflate_raw", deflated(kJson, kRaw), "deflate"},
                    CodingCase{"gzip_called_deflate", deflated(kJson, kGzip), "deflate"},
                    CodingCase{"brotli", brotli(kJson), "br"},
                    CodingCase{"two_in_a_row", deflated(brotli(kJson), kGzip), "br, gzip"},
                    CodingCase{"gzip_undeclared", deflated(kJson, kGzip), ""},
                    CodingCase{"zlib_undeclared", deflated(kJson, kZlib), ""},
                    CodingCase{"gzip_called_br", deflated(kJson, kGzip), "br"},
                    CodingCase{"gzip_called_zstd", deflated(kJson, kGzip), "zstd"},
                    CodingCase{"gzip_called_identity", deflated(kJson, kGzip), "identity"},
                    CodingCase{"twice_declared_once", deflated(deflated(kJson, kGzip), kGzip),
                               "gzip"},
                    CodingCase{"identity", kJson, "identity"}, CodingCase{"lie", kJson, "gzip"},
                    CodingCase{"lie_deflate", kJson, "deflate"}, CodingCase{"lie_br", kJson, "br"},
                    CodingCase{"unknown", kJson, "zstd"}, CodingCase{"empty_list", kJson, " , ,"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Decompress, ABombIsCutAtTheLimit) {
    const std::string bomb = deflated(std::string(64 * 1024 * 1024, 'x'), kGzip);
    std::string storage;
    bool complete = true;
    EXPECT_EQ(decompress(bomb, "gzip", storage, complete).size(), kMaxDecoded);
    EXPECT_FALSE(complete);
}

TEST(Decompress, ASmallBombIsCutByItsRatio) {
    const std::string bomb = brotli(std::string(8 * 1024 * 1024, 'x'));
    ASSERT_LT(bomb.size(), kAlwaysDecoded / kMaxRatio);
    std::string storage;
    bool complete = true;
    EXPECT_EQ(decompress(bomb, "br", storage, complete).size(), kAlwaysDecoded);
    EXPECT_FALSE(complete);
}

TEST(Decompress, ABombInABombStopsAtTheThird) {
    std::string bomb(256 * 1024, 'x');
    for (int i = 0; i < 5; ++i)
        bomb = deflated(bomb, kGzip);
    std::string storage;
    bool complete = true;
    EXPECT_TRUE(decompress(bomb, "gzip", storage, complete).starts_with("\x1F\x8B"));
}

TEST(Decompress, ATextThatBeginsLikeACodingStaysOne) {
    for (const std::string text : {"x\x9c is no stream", "x\x01", "\x1F\x8B\x08"}) {
        std::string storage;
        bool complete = true;
        EXPECT_EQ(decompress(text, "", storage, complete), text);
    }
}

// Brotli takes its first bytes for the head of a block that is stored as it is.
TEST(Decompress, ATextDeclaredAsBrotliIsNoStreamWithoutAnEnd) {
    const std::string text =
        "A\xCDsk_live_9sPq3ZtR7vKw2LmX4b is not valid, and nothing more is said";
    std::string storage;
    bool complete = true;
    EXPECT_EQ(decompress(text, "br", storage, complete), text);
    EXPECT_TRUE(complete);
    complete = false;  // who knows what is missing
    EXPECT_TRUE(decompress(text, "br", storage, complete).starts_with("_live"));
}

TEST(Decompress, ACutStreamKeepsWhatCouldBeRead) {
    std::string text;
    for (int i = 0; i < 4000; ++i)
        text += "{\"n\":" + std::to_string(i * 7919 % 10007) + "}";
    const std::string whole = deflated(text, kGzip);
    std::string storage;
    bool complete = true;
    const auto read =
        decompress(std::string_view(whole).substr(0, whole.size() / 2), "gzip", storage, complete);
    EXPECT_FALSE(complete);
    EXPECT_FALSE(read.empty());
    EXPECT_TRUE(text.starts_with(read));
}

}  // namespace
}  // namespace errgate::mapping
