// What of an upstream goes on over a reload, and what begins anew.
#include "app/live_config.hpp"

#include "config/load.hpp"

#include <gtest/gtest.h>

namespace errgate::app {
namespace {

using policy::BreakerState;

using Live = std::shared_ptr<const proxy::LiveConfig>;

class LiveConfigTest : public testing::Test {
  protected:
    // `upstreams`: members of the routes file's map, in flow style; the first one takes every path.
    Live load(const std::string& upstreams, const Live& before = nullptr) {
        const std::string text =
            "{version: 1, listen: [{address: '127.0.0.1:0'}], upstreams: {" + upstreams +
            "}, routes: [{name: r, upstream: " + upstreams.substr(0, upstreams.find(':')) + "}]}";
        const auto loaded = config::load_text(text, "f", config::process_environment());
        EXPECT_TRUE(loaded.problems.empty()) << to_string(loaded.problems.at(0));
        return make_live(loaded.snapshot, names_, before.get());
    }

    telemetry::Names names_;
};

const char* const kPsp = "psp: {url: 'http://10.0.0.1'}";

TEST_F(LiveConfigTest, AnUnchangedUpstreamGoesOnWhereverItStands) {
    const Live before = load(kPsp);
    const Live after = load("new: {url: 'http://10.0.0.2'}, " + std::string(kPsp), before);
    EXPECT_EQ(after->upstreams[1], before->upstreams[0]);
    EXPECT_EQ(after->upstream_ids[1], before->upstream_ids[0]) << "the name's counters go on";
    EXPECT_NE(after->upstreams[0], before->upstreams[0]);
}

TEST_F(LiveConfigTest, WhatDoesNotConcernItsStateChangesNothing) {
    const Live before = load(kPsp);
    const Live after = load("psp: {url: 'http://10.0.0.1', max_in_flight: 3}", before);
    EXPECT_EQ(after->upstreams[0], before->upstreams[0]);
}

TEST_F(LiveConfigTest, ABreakerWithOtherLimitsKeepsItsState) {
    const std::string start = "psp: {url: 'http://10.0.0.1', circuit_breaker: {";
    const Live before = load(start + "consecutive_failures: 1}}");
    const base::TimePoint now{};
    auto& breaker = before->upstreams[0]->breaker;
    breaker.report(policy::Verdict::failure, breaker.admit(now, policy::Candidate::other), now);
    ASSERT_EQ(breaker.state(), BreakerState::open);
    const Live after = load(start + "consecutive_failures: 9}}", before);
    EXPECT_NE(after->upstreams[0], before->upstreams[0]);
    EXPECT_EQ(after->upstreams[0]->breaker.state(), BreakerState::open);
    EXPECT_EQ(after->upstreams[0]->use, before->upstreams[0]->use);
}

TEST_F(LiveConfigTest, AddressesStayOnlyWhereTheUrlDoes) {
    const Live before = load(kPsp);
    const auto known = std::make_shared<const std::vector<proxy::Address>>();
    before->upstreams[0]->addresses.set(known);
    const std::string breaker = ", circuit_breaker: {consecutive_failures: 9}}";
    const Live same = load("psp: {url: 'http://10.0.0.1'" + breaker, before);
    EXPECT_EQ(same->upstreams[0]->addresses.get(), known);
    const Live moved = load("psp: {url: 'http://10.0.0.2'" + breaker, before);
    EXPECT_EQ(moved->upstreams[0]->addresses.get(), nullptr);
}

TEST_F(LiveConfigTest, ANameThatWasAwayBeginsAnew) {
    const Live first = load(kPsp);
    const Live without = load("other: {url: 'http://10.0.0.1'}", first);
    const Live again = load(kPsp, without);
    EXPECT_NE(again->upstreams[0], first->upstreams[0]);
    EXPECT_EQ(again->upstream_ids[0], first->upstream_ids[0]) << "counters never go back";
}

}  // namespace
}  // namespace errgate::app
