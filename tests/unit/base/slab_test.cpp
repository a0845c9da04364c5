// Slab: what goes back comes out again, the latest first.
#include "base/slab.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace errgate::base {
namespace {

struct Counted {
    static inline int alive = 0;
    Counted() { ++alive; }
    ~Counted() { --alive; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    int value = 0;
};

TEST(Slab, LendsTheObjectReturnedLast) {
    Slab<Counted> slab(4);
    auto first = slab.take();
    auto second = slab.take();
    Counted* latest = second.get();
    first.reset();
    second.reset();
    EXPECT_EQ(slab.take().get(), latest);
}

TEST(Slab, GivesObjectsBackUntouched) {
    Slab<Counted> slab(1);
    slab.take()->value = 7;
    EXPECT_EQ(slab.take()->value, 7);
}

TEST(Slab, CountsWhatIsLentAndWhatIsFree) {
    Slab<Counted> slab(4);
    auto lease = slab.take();
    EXPECT_EQ(slab.lent_count(), 1U);
    EXPECT_EQ(slab.free_count(), 0U);
    lease.reset();
    EXPECT_EQ(slab.lent_count(), 0U);
    EXPECT_EQ(slab.free_count(), 1U);
}

TEST(Slab, DeletesWhatExceedsItsLimit) {
    Slab<Counted> slab(1);
    auto first = slab.take();
    auto second = slab.take();
    first.reset();
    second.reset();
    EXPECT_EQ(slab.free_count(), 1U);
    EXPECT_EQ(Counted::alive, 1);
}

TEST(Slab, TrimDeletesUnusedObjects) {
    Slab<Counted> slab(4);
    std::array leases{slab.take(), slab.take(), slab.take()};
    for (auto& lease : leases)
        lease.reset();
    slab.trim(1);
    EXPECT_EQ(Counted::alive, 1);
}

TEST(Slab, DestroysItsObjectsWithItself) {
    { Slab<Counted>(2).take(); }
    EXPECT_EQ(Counted::alive, 0);
}

TEST(Slab, AMovedLeaseReturnsOnce) {
    Slab<Counted> slab(4);
    auto lease = slab.take();
    auto moved = std::move(lease);
    moved.reset();
    EXPECT_EQ(slab.free_count(), 1U);
}

}  // namespace
}  // namespace errgate::base
