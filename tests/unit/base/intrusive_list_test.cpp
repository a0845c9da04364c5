// IntrusiveList: order, leaving from anywhere, and destruction in either order.
#include "base/intrusive_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace errgate::base {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Item : ListNode<> {
    explicit Item(int number) : id(number) {}
    int id;
};
using List = IntrusiveList<Item>;

std::vector<int> ids(List& list) {
    std::vector<int> out;
    for (Item* at = list.front(); at != nullptr; at = list.next(*at))
        out.push_back(at->id);
    return out;
}

struct ListTest : testing::Test {
    List list;
    Item one{1}, two{2}, three{3};
};

TEST_F(ListTest, IsEmptyAtFirst) {
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.front(), nullptr);
    EXPECT_EQ(list.back(), nullptr);
    EXPECT_EQ(list.pop_front(), nullptr);
    EXPECT_EQ(list.pop_back(), nullptr);
}

TEST_F(ListTest, PushesAtBothEnds) {
    list.push_back(two);
    list.push_back(three);
    list.push_front(one);
    EXPECT_THAT(ids(list), ElementsAre(1, 2, 3));
}

TEST_F(ListTest, PopsFromBothEnds) {
    for (Item* item : {&one, &two, &three})
        list.push_back(*item);
    EXPECT_EQ(list.pop_front(), &one);
    EXPECT_EQ(list.pop_back(), &three);
    EXPECT_THAT(ids(list), ElementsAre(2));
    EXPECT_FALSE(one.is_linked());
}

TEST_F(ListTest, AnElementLeavesFromTheMiddleByItself) {
    for (Item* item : {&one, &two, &three})
        list.push_back(*item);
    two.unlink();
    EXPECT_THAT(ids(list), ElementsAre(1, 3));
}

TEST_F(ListTest, LeavingTwiceIsHarmless) {
    list.push_back(one);
    one.unlink();
    one.unlink();
    EXPECT_TRUE(list.empty());
}

TEST_F(ListTest, ADestroyedElementLeavesItsList) {
    list.push_back(one);
    auto temporary = std::make_unique<Item>(9);
    list.push_back(*temporary);
    temporary.reset();
    EXPECT_THAT(ids(list), ElementsAre(1));
}

TEST_F(ListTest, ADestroyedListLeavesItsElements) {
    {
        List shorter;
        shorter.push_back(one);
        EXPECT_TRUE(one.is_linked());
    }
    EXPECT_FALSE(one.is_linked());
}

TEST_F(ListTest, PushingMovesAnElementBetweenLists) {
    List other;
    list.push_back(one);
    other.push_back(one);
    EXPECT_TRUE(list.empty());
    EXPECT_THAT(ids(other), ElementsAre(1));
}

TEST_F(ListTest, PushingTheFrontToTheFrontKeepsTheOrder) {
    for (Item* item : {&one, &two})
        list.push_back(*item);
    list.push_front(one);
    EXPECT_THAT(ids(list), ElementsAre(1, 2));
    list.push_back(two);
    EXPECT_THAT(ids(list), ElementsAre(1, 2));
}

TEST_F(ListTest, SpliceMovesEverythingBehind) {
    List other;
    list.push_back(one);
    other.push_back(two);
    other.push_back(three);
    list.splice_back(other);
    EXPECT_THAT(ids(list), ElementsAre(1, 2, 3));
    EXPECT_THAT(ids(other), IsEmpty());
}

TEST_F(ListTest, SpliceOfAnEmptyListOrItselfChangesNothing) {
    List other;
    list.push_back(one);
    list.splice_back(other);
    list.splice_back(list);
    EXPECT_THAT(ids(list), ElementsAre(1));
}

TEST(IntrusiveList, AnObjectStandsInOneListATag) {
    struct ByAge;
    struct ByUse;
    struct Both : ListNode<ByAge>, ListNode<ByUse> {};
    Both object;
    IntrusiveList<Both, ByAge> ages;
    IntrusiveList<Both, ByUse> uses;
    ages.push_back(object);
    uses.push_back(object);
    ages.pop_front();
    EXPECT_TRUE(ages.empty());
    EXPECT_EQ(uses.front(), &object);
}

}  // namespace
}  // namespace errgate::base
