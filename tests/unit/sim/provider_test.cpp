#include "sim/provider.hpp"

#include "ask.hpp"

#include <gtest/gtest.h>

#include <set>

namespace errgate::sim {
namespace {

TEST(Providers, AreTheFiveOfTheDocuments) {
    std::vector<std::string> names;
    for (const Provider& provider : providers())
        names.push_back(provider.name);
    EXPECT_EQ(names, (std::vector<std::string>{"kiotapay", "kineticpay", "license_pos", "six_digit",
                                               "kira"}));
}

TEST(Providers, AnUnknownNameIsNotFound) {
    EXPECT_EQ(find_provider("acme"), nullptr);
}

TEST(Providers, EveryCaseHasANameOfItsOwn) {
    for (const Provider& provider : providers()) {
        std::set<std::string> names;
        for (const Case& one : provider.cases) {
            EXPECT_TRUE(names.insert(one.name).second) << provider.name << " " << one.name;
        }
    }
}

TEST(Providers, EveryCaseIsAnsweredToItsNameInTheField) {
    for (const Provider& provider : providers()) {
        for (const Case& one : provider.cases) {
            const Response got = ask(provider.name, "POST", "/x", {{"X-Sim-Error", one.name}});
            EXPECT_EQ(got.body, one.response.body) << provider.name << " " << one.name;
            EXPECT_EQ(got.status, one.response.status) << provider.name << " " << one.name;
        }
    }
}

TEST(Providers, EveryCaseIsAnsweredToItsNameInThePath) {
    for (const Provider& provider : providers()) {
        for (const Case& one : provider.cases) {
            const Response got = ask(provider.name, "GET", "/v1/things/" + one.name);
            EXPECT_EQ(got.body, one.response.body) << provider.name << " " << one.name;
        }
    }
}

TEST(Providers, AGoodRequestSucceeds) {
    for (const Provider& provider : providers()) {
        const Response got = ask(provider.name, "POST", "/v1/payments", kGoodFields, kGoodBody);
        EXPECT_TRUE(got.status == 200 || got.status == 201) << provider.name;
        EXPECT_NE(got.body, "") << provider.name;
    }
}

TEST(Selection, LetterCaseOfANameDoesNotMatter) {
    EXPECT_EQ(ask("kiotapay", "GET", "/payments/insufficient_funds").status, 402);
}

TEST(Selection, TheFieldGoesBeforeThePath) {
    const FieldList fields{{"X-Sim-Error", "RESOURCE_LOCKED"}};
    EXPECT_EQ(ask("kiotapay", "GET", "/payments/insufficient_funds", fields).status, 423);
}

TEST(Selection, ThePathGoesBeforeWhatTheRequestImplies) {
    EXPECT_EQ(ask("kiotapay", "GET", "/payments/resource_locked").status, 423);
}

TEST(Selection, AnUnknownNameChangesNothing) {
    FieldList fields = kGoodFields;
    fields.emplace_back("X-Sim-Error", "NO_SUCH_CASE");
    EXPECT_EQ(ask("kiotapay", "GET", "/payments/p1", fields).status, 200);
}

TEST(Selection, TheStatusCanBeReplaced) {
    const FieldList fields{{"X-Sim-Status", "422"}};
    EXPECT_EQ(ask("six_digit", "POST", "/invoices/0110", fields).status, 422);
}

TEST(Selection, AStatusThatIsNoStatusIsIgnored) {
    for (const std::string_view status : {"42", "abc", "999", ""}) {
        const FieldList fields{{"X-Sim-Status", status}};
        EXPECT_EQ(ask("six_digit", "POST", "/invoices/0110", fields).status, 200) << status;
    }
}

TEST(Network, EveryProviderSitsBehindAnEdgeThatFails) {
    for (const Provider& provider : providers()) {
        EXPECT_EQ(ask(provider.name, "GET", "/html_502").status, 502) << provider.name;
        EXPECT_EQ(ask(provider.name, "GET", "/empty_500").body, "") << provider.name;
        EXPECT_EQ(ask(provider.name, "GET", "/cut_short").delivery, Delivery::cut_short);
        EXPECT_EQ(ask(provider.name, "GET", "/no_answer").delivery, Delivery::no_answer);
    }
}

}  // namespace
}  // namespace errgate::sim
