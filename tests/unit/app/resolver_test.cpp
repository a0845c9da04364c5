// When names are looked up, and what is kept of the answers. The lookups are the test's own.
#include "app/resolver.hpp"

#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>

namespace errgate::app {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::make_address;
using testing::ElementsAre;

constexpr std::chrono::seconds kPatience{20};
constexpr ResolverTiming kNever{std::chrono::hours(1), std::chrono::hours(1)};
constexpr ResolverTiming kOften{std::chrono::milliseconds(1), std::chrono::milliseconds(1)};

// A name service in memory; a name without an entry does not resolve. The lookups share it, because
// the resolver's threads may outlive the resolver.
class Names {
  public:
    void set(const std::string& host, std::vector<address> addresses) {
        const std::scoped_lock lock(state_->mutex);
        state_->names[host] = std::move(addresses);
    }
    void hang(const std::string& host) {
        const std::scoped_lock lock(state_->mutex);
        state_->hanging = host;
    }
    void release() {
        hang("");
        state_->changed.notify_all();
    }
    LookUp look_up() const {
        return [state = state_](const std::string& host) {
            std::unique_lock lock(state->mutex);
            ++state->asked[host];
            state->changed.notify_all();
            state->changed.wait_for(lock, kPatience, [&] { return state->hanging != host; });
            return state->names[host];
        };
    }
    // Until the name was asked for that often.
    bool wait_for(const std::string& host, int times) {
        std::unique_lock lock(state_->mutex);
        return state_->changed.wait_for(lock, kPatience,
                                        [&] { return state_->asked[host] >= times; });
    }
    int asked(const std::string& host) {
        const std::scoped_lock lock(state_->mutex);
        return state_->asked[host];
    }

  private:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        std::map<std::string, std::vector<address>> names;
        std::map<std::string, int> asked;
        std::string hanging;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

// One upstream with these URLs.
proxy::LiveConfig live(const std::string& urls, const std::string& more = "") {
    const std::string text =
        "{version: 1, listen: [{address: '127.0.0.1:0'}], upstreams: {psp: {url: " + urls +
        ", dialect: kira}" + more + "}, routes: [{name: psp, upstream: psp}]}";
    const auto loaded = config::load_text(text, "f", config::process_environment());
    EXPECT_TRUE(loaded.problems.empty());
    proxy::LiveConfig out;
    out.snapshot = loaded.snapshot;
    for (const auto& upstream : loaded.snapshot->upstreams)
        out.upstreams.push_back(std::make_shared<proxy::UpstreamRuntime>(upstream));
    return out;
}

std::vector<std::string> known(const proxy::LiveConfig& config) {
    std::vector<std::string> out;
    if (const auto list = config.upstreams[0]->addresses.get()) {
        for (const proxy::Address& one : *list)
            out.push_back(one.endpoint.address().to_string() + " " +
                          std::to_string(one.endpoint.port()) + " " + one.host);
    }
    return out;
}

TEST(ByTurns, MixesTheFamiliesAndKeepsTheirOrder) {
    std::vector<address> found;
    for (const char* text : {"::1", "::2", "::3", "10.0.0.1", "10.0.0.2"})
        found.push_back(make_address(text));
    std::vector<std::string> texts;
    for (const address& one : by_turns(found))
        texts.push_back(one.to_string());
    EXPECT_THAT(texts, ElementsAre("::1", "10.0.0.1", "::2", "10.0.0.2", "::3"));
    EXPECT_TRUE(by_turns({}).empty());
}

TEST(Resolver, NeedsNoLookupForLiteralAddresses) {
    Names names;
    const auto config = live("['http://10.0.0.1:81', 'http://[::1]:82']");
    const Resolver resolver(config, names.look_up(), kNever);
    EXPECT_THAT(known(config), ElementsAre("10.0.0.1 81 10.0.0.1", "::1 82 ::1"));
}

TEST(Resolver, KnowsEveryAddressOfEveryHost) {
    Names names;
    names.set("a.example", {make_address("::1"), make_address("10.0.0.1")});
    names.set("b.example", {make_address("10.0.0.2")});
    const auto config = live("['http://a.example', 'http://b.example']");
    Resolver resolver(config, names.look_up(), kNever);
    resolver.wait_for_first_round(kPatience);
    EXPECT_THAT(known(config),
                ElementsAre("::1 80 a.example", "10.0.0.1 80 a.example", "10.0.0.2 80 b.example"));
}

TEST(Resolver, AsksAgainAndAgain) {
    Names names;
    names.set("a.example", {make_address("10.0.0.1")});
    const auto config = live("http://a.example");
    Resolver resolver(config, names.look_up(), kOften);
    resolver.wait_for_first_round(kPatience);
    names.set("a.example", {make_address("10.0.0.2")});
    const int before = names.asked("a.example");
    ASSERT_TRUE(names.wait_for("a.example", before + 3));  // one may have begun before the change
    EXPECT_THAT(known(config), ElementsAre("10.0.0.2 80 a.example"));
}

TEST(Resolver, KeepsTheLastGoodAddresses) {
    Names names;
    names.set("a.example", {make_address("10.0.0.1")});
    const auto config = live("http://a.example");
    Resolver resolver(config, names.look_up(), kOften);
    resolver.wait_for_first_round(kPatience);
    names.set("a.example", {});
    const int before = names.asked("a.example");
    ASSERT_TRUE(names.wait_for("a.example", before + 3));
    EXPECT_THAT(known(config), ElementsAre("10.0.0.1 80 a.example"));
}

TEST(Resolver, AsksAtOnceWhenNoAddressAnswers) {
    Names names;
    names.set("a.example", {make_address("10.0.0.1")});
    const auto config = live("http://a.example");
    Resolver resolver(config, names.look_up(), {kNever.refresh, std::chrono::milliseconds(0)});
    resolver.take_charge();
    resolver.wait_for_first_round(kPatience);
    EXPECT_EQ(names.asked("a.example"), 1);
    config.upstreams[0]->addresses.report_stale();
    EXPECT_TRUE(names.wait_for("a.example", 2));
}

// A reload that is refused at the end has made one already.
TEST(Resolver, OneThatNeverTookChargeLeavesTheOtherInCharge) {
    Names names;
    names.set("a.example", {make_address("10.0.0.1")});
    const auto config = live("http://a.example");
    Resolver resolver(config, names.look_up(), {kNever.refresh, std::chrono::milliseconds(0)});
    resolver.take_charge();
    resolver.wait_for_first_round(kPatience);
    Names of_the_reload;
    Resolver(config, of_the_reload.look_up(), kNever).wait_for_first_round(kPatience);
    config.upstreams[0]->addresses.report_stale();
    EXPECT_TRUE(names.wait_for("a.example", 2));
}

TEST(Resolver, AHangingNameHoldsUpNoOther) {
    Names names;
    names.set("a.example", {make_address("10.0.0.1")});
    names.hang("hangs.example");
    const auto config =
        live("http://a.example", ", other: {url: 'http://hangs.example', dialect: kira}");
    Resolver resolver(config, names.look_up(), kOften);
    ASSERT_TRUE(names.wait_for("hangs.example", 1));
    ASSERT_TRUE(names.wait_for("a.example", 3));
    EXPECT_THAT(known(config), ElementsAre("10.0.0.1 80 a.example"));
    EXPECT_EQ(names.asked("hangs.example"), 1);
    names.release();
}

TEST(AddressBook, BeginsWithTheAddressThatAnsweredForAWhile) {
    proxy::AddressBook book;
    const proxy::Address a{{make_address("10.0.0.1"), 80}, "a"};
    const proxy::Address b{{make_address("10.0.0.2"), 80}, "b"};
    const base::TimePoint now{};
    const auto list = [](std::vector<proxy::Address> addresses) {
        return std::make_shared<const std::vector<proxy::Address>>(std::move(addresses));
    };
    book.set(list({a, b}));
    EXPECT_EQ(book.look(now).first, 0u);
    book.prefer(book.get(), 1, now + std::chrono::seconds(30));
    EXPECT_EQ(book.look(now).first, 1u);
    EXPECT_EQ(book.look(now + std::chrono::seconds(30)).first, 0u) << "the first is asked again";
    book.set(list({a, b}));
    EXPECT_EQ(book.look(now).first, 1u) << "nothing changed";
    const proxy::AddressBook::List old = book.get();
    book.set(list({b, a}));
    EXPECT_EQ(book.look(now).first, 0u);
    book.prefer(old, 1, now + std::chrono::seconds(30));
    EXPECT_EQ(book.look(now).first, 0u) << "that list is gone";
}

}  // namespace
}  // namespace errgate::app
