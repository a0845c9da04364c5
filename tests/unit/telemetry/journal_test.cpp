// Journal and UnmappedCodes: what they keep, and that both are bounded.
#include "telemetry/journal.hpp"

#include "records.hpp"
#include "telemetry/unmapped.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace errgate::telemetry {
namespace {

struct JournalTest : testing::Test {
    // The record points into `failure`.
    ExchangeRecord failed(std::string_view id) {
        ExchangeRecord record = test::success();
        record.request_id = id;
        record.status = 503;
        record.failure = &failure;
        return record;
    }

    void add(const ExchangeRecord& record, std::span<AttemptNote> notes = {}) {
        journal.add(record, errors::Failure(failure), notes);
    }

    errors::Failure failure =
        errors::gateway_failure(errors::GatewayReason::connect_refused, false);
    Journal journal;
};

TEST_F(JournalTest, KeepsTheNewestEntries) {
    journal.configure({.entries = 2});
    for (const char* id : {"one", "two", "three"})
        add(failed(id));
    const auto kept = journal.find(JournalQuery{});
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0]->request_id, "three");
    EXPECT_EQ(kept[1]->request_id, "two");
    EXPECT_EQ(journal.find("one"), nullptr);
    EXPECT_EQ(journal.stats().recorded, 3U);
}

TEST_F(JournalTest, KeepsToItsBytes) {
    journal.configure({.entries = 1'000, .bytes = 10'000});
    failure.message.assign(500, 'x');
    for (int i = 0; i < 100; ++i)
        add(failed("id"));
    EXPECT_LE(journal.stats().bytes, 10'000U);
    EXPECT_GT(journal.stats().entries, 0U);
}

TEST_F(JournalTest, ShrinksWhenItIsToldTo) {
    for (const char* id : {"one", "two"})
        add(failed(id));
    journal.configure({.entries = 0});
    EXPECT_EQ(journal.stats().entries, 0U);
    EXPECT_EQ(journal.stats().bytes, 0U);
    add(failed("three"));
    EXPECT_EQ(journal.stats().recorded, 2U);
}

TEST_F(JournalTest, RedactsWhatThePeersWrote) {
    ExchangeRecord record = failed("id");
    record.path = "/cards/4242424242424242";
    record.user_agent = "app sk_live_0123456789abcdef01234567";
    add(record);
    const auto entry = journal.find("id");
    EXPECT_EQ(entry->path.find("424242424242"), std::string::npos);
    EXPECT_EQ(entry->user_agent.find("0123456789abcdef"), std::string::npos);
}

TEST_F(JournalTest, TellsWhichAttemptsWereTriedAgain) {
    ExchangeRecord record = failed("id");
    test::add_attempt(record, test::failed(errors::GatewayReason::connect_refused));
    test::add_attempt(record, test::answered(503));
    std::vector<AttemptNote> notes(1);
    notes[0].attempt = 2;
    notes[0].provider_code = "BUSY";
    add(record, notes);
    const auto entry = journal.find("id");
    ASSERT_EQ(entry->attempts.size(), 2U);
    EXPECT_TRUE(entry->attempts[0].retried);
    EXPECT_EQ(entry->attempts[0].note.attempt, 0);
    EXPECT_FALSE(entry->attempts[1].retried);
    EXPECT_EQ(entry->attempts[1].note.provider_code, "BUSY");
}

TEST_F(JournalTest, UnmappedCodesAreCountedByProviderStatusAndCode) {
    UnmappedCodes unmapped;
    failure.origin = errors::Origin::upstream;
    failure.mapped = false;
    for (const char* code : {"A", "B", "B"}) {
        failure.provider.code = code;
        unmapped.add(failed(code));
    }
    failure.mapped = true;
    unmapped.add(failed("mapped"));
    const auto list = unmapped.list();
    ASSERT_EQ(list.codes.size(), 2U);
    EXPECT_EQ(list.codes[0].provider_code, "B");
    EXPECT_EQ(list.codes[0].count, 2U);
}

TEST_F(JournalTest, UnmappedCodesForgetTheOneNotSeenForLongest) {
    UnmappedCodes unmapped;
    failure.origin = errors::Origin::upstream;
    failure.mapped = false;
    const auto add = [&](std::size_t i) {
        failure.provider.code = std::to_string(i);
        ExchangeRecord record = failed("id");
        record.begun += std::chrono::seconds(i);
        unmapped.add(record);
    };
    for (std::size_t i = 0; i <= UnmappedCodes::kMost; ++i)
        add(i);
    const auto list = unmapped.list();
    EXPECT_EQ(list.codes.size(), UnmappedCodes::kMost);
    EXPECT_EQ(list.forgotten, 1U);
    EXPECT_TRUE(std::ranges::none_of(list.codes,
                                     [](const auto& code) { return code.provider_code == "0"; }));
}

}  // namespace
}  // namespace errgate::telemetry
