// NameRegistry: a name keeps its id.
#include "telemetry/names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errgate::telemetry {
namespace {

TEST(NameRegistry, GivesEachNameItsOwnId) {
    NameRegistry names;
    EXPECT_NE(names.intern("kira"), names.intern("solva"));
}

TEST(NameRegistry, KeepsTheIdOfANameOverReloads) {
    NameRegistry names;
    const std::uint16_t before = names.intern("kira");
    names.intern("added by a reload");
    EXPECT_EQ(names.intern("kira"), before);
}

TEST(NameRegistry, KnowsTheNameOfAnId) {
    NameRegistry names;
    const std::uint16_t id = names.intern("kira");
    for (int i = 0; i < 1'000; ++i)
        names.intern("other " + std::to_string(i));
    EXPECT_EQ(names.name(id), "kira");
}

TEST(NameRegistry, CallsTheAbsenceOfANameNone) {
    const NameRegistry names;
    EXPECT_EQ(names.name(kNone), "none");
}

// Otherwise two series would carry the same labels, and the whole scrape would be refused.
TEST(NameRegistry, LetsARouteNamedNoneShareThatSeries) {
    NameRegistry names;
    EXPECT_EQ(names.intern("none"), kNone);
}

TEST(NameRegistry, HasNoIdLeftAfterTheLastOne) {
    NameRegistry names;
    for (int i = 0; i < 0xffff; ++i)
        ASSERT_NE(names.intern(std::to_string(i)), kNone);
    EXPECT_EQ(names.intern("one too many"), kNone);
    EXPECT_EQ(names.intern("0"), 0);
}

}  // namespace
}  // namespace errgate::telemetry
