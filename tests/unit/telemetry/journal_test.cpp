// Journal and UnmappedCodes: what they keep, and that both are bounded.
#include "telemetry/journal.hpp"

#include "records.hpp"
#include "telemetry/unmapped.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace errgate::telemetry {
namespace {

using testing::ElementsAre;

struct JournalTest : testing::Test {
    // The record points into `failure`.
    ExchangeRecord failed(std::string_view id) {
        ExchangeRecord record = test::success();
        record.request_id = id;
        record.status = 503;
        record.failure = &failure;
        return record;
    }
    void add(const ExchangeRecord& record) { journal.add(record, PeerTexts(record)); }
    // "NAME 0", "NAME 1", ..., each after an attempt that the provider answered.
    void add_tried(const std::string& name, int count) {
        for (int i = 0; i < count; ++i) {
            const std::string id = name + " " + std::to_string(i);
            ExchangeRecord record = failed(id);
            test::add_attempt(record, test::answered(503));
            add(record);
        }
    }
    std::vector<std::string> ids() const {
        std::vector<std::string> out;
        for (const JournalEntry& entry : journal.find(JournalQuery{}))
            out.push_back(entry.request_id);
        return out;
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
    EXPECT_EQ(kept[0].request_id, "three");
    EXPECT_EQ(kept[1].request_id, "two");
    EXPECT_FALSE(journal.find("one"));
    EXPECT_EQ(journal.stats().recorded, 3U);
}

TEST_F(JournalTest, FindsByEveryKeyAndByAllOfThem) {
    ExchangeRecord record = failed("one");
    record.route_name = "charges";
    record.upstream_name = "psp";
    add(record);
    add(failed("two"));
    const std::string_view code = errors::info(failure.code).slug;
    const JournalQuery found[] = {{.code = code, .upstream = "psp", .route = "charges"},
                                  {.upstream = "psp"},
                                  {.route = "charges"}};
    for (const JournalQuery& query : found) {
        ASSERT_EQ(journal.find(query).size(), 1U);
        EXPECT_EQ(journal.find(query)[0].request_id, "one");
    }
    EXPECT_EQ(journal.find({.code = code}).size(), 2U);
    EXPECT_EQ(journal.find({.code = code, .limit = 1})[0].request_id, "two");
    EXPECT_TRUE(journal.find({.code = "timeout", .upstream = "psp"}).empty());
}

TEST_F(JournalTest, KeepsToItsBytes) {
    journal.configure({.entries = 1'000, .bytes = 10'000});
    failure.message.assign(500, 'x');
    for (int i = 0; i < 100; ++i)
        add(failed("id"));
    EXPECT_LE(journal.stats().bytes, 10'000U);
    EXPECT_GT(journal.stats().entries, 0U);
}

TEST_F(JournalTest, KeepsWhatProvidersSaidThroughAFloodOfRefusals) {
    journal.configure({.entries = 8});
    add_tried("said", 8);
    for (int i = 0; i < 100; ++i)
        add(failed("refused " + std::to_string(i)));
    const auto kept = ids();
    EXPECT_THAT(kept, ElementsAre("refused 99", "refused 98", "said 7", "said 6", "said 5",
                                  "said 4", "said 3", "said 2"));
}

TEST_F(JournalTest, KeepsTheBytesOfAFloodInBoundsToo) {
    journal.configure({.entries = 1'000, .bytes = 20'000});
    failure.message.assign(500, 'x');
    add_tried("said", 100);
    const std::size_t said = journal.stats().entries;
    for (int i = 0; i < 100; ++i)
        add(failed("refused"));
    EXPECT_LE(journal.stats().bytes, 20'000U);
    const auto kept = ids();
    EXPECT_GE(std::ranges::count(kept, "refused"), 1);
    EXPECT_LE(std::ranges::count(kept, "refused"), static_cast<std::ptrdiff_t>(said / 4 + 1));
}

TEST_F(JournalTest, IsFilledWithRefusalsWhereThereIsNothingElse) {
    journal.configure({.entries = 8});
    for (int i = 0; i < 9; ++i)
        add(failed("refused " + std::to_string(i)));
    EXPECT_EQ(journal.stats().entries, 8U);
    add_tried("said", 7);
    EXPECT_THAT(ids(), ElementsAre("said 6", "said 5", "said 4", "said 3", "said 2", "said 1",
                                   "said 0", "refused 8"));
    add_tried("more", 8);
    EXPECT_EQ(ids().back(), "more 0");
}

TEST_F(JournalTest, KeepsTheNewestRefusalInASmallJournal) {
    journal.configure({.entries = 1});
    add_tried("said", 1);
    add(failed("refused"));
    EXPECT_THAT(ids(), ElementsAre("refused"));
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

TEST_F(JournalTest, CutsLongTextsBetweenCharacters) {
    std::string path(511, 'a');
    path.append("\xC3\xA9/tail");
    const std::string agent(1'000, 'b');
    ExchangeRecord record = failed("id");
    record.path = path;
    record.user_agent = agent;
    add(record);
    const auto entry = journal.find("id");
    EXPECT_EQ(entry->path, std::string(511, 'a'));
    EXPECT_EQ(entry->user_agent, std::string(256, 'b'));
}

TEST_F(JournalTest, KeepsEveryMemberOfAFailure) {
    failure.message = "Not \"now\", caf\xC3\xA9";
    failure.metadata = {{"a", {errors::MetadataValue::Kind::number, "1"}}, {"b", {{}, ""}}};
    failure.details = {{"/x", "c", "m"}, {"", "", "n"}};
    failure.retry_after = std::chrono::milliseconds(1500);
    failure.provider = {402, "P", "t", "id", "51", "03"};
    ExchangeRecord record = failed("id");
    record.client_request_id = "mine";
    record.retryable = true;
    record.retry_refused = policy::RetryRefusal::budget;
    test::add_attempt(record, test::answered(503));
    std::vector<AttemptNote> notes(1);
    notes[0] = {1, errors::Code::timeout, errors::Outcome::not_applied, true, "C", "M", "{}"};
    record.notes = notes;
    const PackedEntry packed = pack_journal_entry(record, PeerTexts(record));
    const JournalEntry entry = unpack_journal_entry(packed.view());
    EXPECT_EQ(entry.request_id, "id");
    EXPECT_EQ(entry.client_request_id, "mine");
    EXPECT_EQ(entry.begun, record.begun);
    EXPECT_EQ(entry.took, record.took);
    EXPECT_EQ(entry.status, 503);
    EXPECT_TRUE(entry.retryable);
    EXPECT_EQ(entry.retry_refused, policy::RetryRefusal::budget);
    EXPECT_EQ(entry.failure.code, failure.code);
    EXPECT_EQ(entry.failure.message, failure.message);
    EXPECT_EQ(entry.failure.reason, failure.reason);
    ASSERT_EQ(entry.failure.metadata.size(), 2U);
    EXPECT_EQ(entry.failure.metadata[0].second.kind, errors::MetadataValue::Kind::number);
    EXPECT_EQ(entry.failure.metadata[1].first, "b");
    ASSERT_EQ(entry.failure.details.size(), 2U);
    EXPECT_EQ(entry.failure.details[1].message, "n");
    EXPECT_EQ(entry.failure.retry_after, failure.retry_after);
    EXPECT_EQ(entry.failure.provider.advice_code, "03");
    ASSERT_EQ(entry.attempts.size(), 1U);
    EXPECT_EQ(entry.attempts[0].status, 503);
    EXPECT_EQ(entry.attempts[0].note.code, errors::Code::timeout);
    EXPECT_EQ(entry.attempts[0].note.body_excerpt, "{}");
}

TEST_F(JournalTest, TellsWhichAttemptsWereTriedAgain) {
    ExchangeRecord record = failed("id");
    test::add_attempt(record, test::failed(errors::GatewayReason::connect_refused));
    test::add_attempt(record, test::answered(503));
    std::vector<AttemptNote> notes(1);
    notes[0].attempt = 2;
    notes[0].provider_code = "BUSY";
    record.notes = notes;
    add(record);
    const auto entry = journal.find("id");
    ASSERT_EQ(entry->attempts.size(), 2U);
    EXPECT_TRUE(entry->attempts[0].retried);
    EXPECT_EQ(entry->attempts[0].note.attempt, 0);
    EXPECT_FALSE(entry->attempts[1].retried);
    EXPECT_EQ(entry->attempts[1].note.provider_code, "BUSY");
}

TEST_F(JournalTest, UnmappedCodesAreCountedByProviderStatusAndCode) {
    UnmappedCodes unmapped;
    const auto add = [&](const ExchangeRecord& record) { unmapped.add(record, PeerTexts(record)); };
    failure.origin = errors::Origin::upstream;
    failure.mapped = false;
    for (const char* code : {"A", "B", "B"}) {
        failure.provider.code = code;
        add(failed(code));
    }
    failure.mapped = true;
    add(failed("mapped"));
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
        unmapped.add(record, PeerTexts(record));
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
