// What the client wrote: redacted once, whoever shows how much of it.
#include "telemetry/peer_texts.hpp"

#include "base/utf8.hpp"
#include "errors/redact.hpp"
#include "records.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errgate::telemetry {
namespace {

TEST(PeerTexts, CopiesNothingThatHasNothingToHide) {
    ExchangeRecord record = test::success();
    record.user_agent = "shop/2.1";
    record.client_request_id = "order-17";
    const PeerTexts texts(record);
    EXPECT_EQ(texts.method().data(), record.method.data());
    EXPECT_EQ(texts.path().data(), record.path.data());
    EXPECT_EQ(texts.user_agent().data(), record.user_agent.data());
    EXPECT_EQ(texts.client_request_id().data(), record.client_request_id.data());
}

TEST(PeerTexts, RedactsEveryText) {
    const std::string card = "CARD-4242424242424242";
    ExchangeRecord record = test::success();
    record.method = record.path = record.user_agent = record.client_request_id = card;
    const PeerTexts texts(record);
    for (const std::string_view text :
         {texts.method(), texts.path(), texts.user_agent(), texts.client_request_id()})
        EXPECT_EQ(text, "CARD-****4242");
}

TEST(PeerTexts, CutsEveryText) {
    const std::string text(5'000, 'a');
    ExchangeRecord record = test::success();
    record.method = record.path = record.user_agent = record.client_request_id = text;
    const PeerTexts texts(record);
    EXPECT_EQ(texts.path().size(), PeerTexts::kMaxPath);
    for (const std::string_view other :
         {texts.method(), texts.user_agent(), texts.client_request_id()})
        EXPECT_EQ(other.size(), PeerTexts::kMaxOther);
}

// Journal and unmapped codes show less of a path than the log. What they cut off the log's text is
// what redacting with their own limit would have left.
TEST(PeerTexts, MayBeCutAnywhere) {
    constexpr std::size_t kLimit = 512;
    const std::string_view tricky[] = {
        "4242424242424242 exp",
        "card=4242 4242 4242 4242 cvc=123",
        "sk_live_0123456789abcdef01234567",
        "caf\xC3\xA9 \xE2\x82\xAC",
        "\xFF\xFE",
        "Bearer abcdefghijklmnop/1",
    };
    for (const std::string_view text : tricky) {
        for (std::size_t before = kLimit - 40; before <= kLimit; ++before) {
            std::string path(before, '/');
            path.append(text).append("/4000056655665556/end");
            ExchangeRecord record = test::success();
            record.path = path;
            const PeerTexts texts(record);
            EXPECT_EQ(base::truncate_utf8(texts.path(), kLimit), errors::redact(path, kLimit))
                << text << " at " << before;
        }
    }
}

}  // namespace
}  // namespace errgate::telemetry
