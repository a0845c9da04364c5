// Conditions on a response, as a mapping writes them; all tests of one predicate must hold.
#pragma once

#include "mapping/context.hpp"
#include "mapping/pattern.hpp"
#include "mapping/pointer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace errgate::mapping {

struct StatusRange {
    int first = 0;
    int last = 0;
};
struct StatusTest {
    std::vector<StatusRange> ranges;
    bool holds(int status) const;
};
struct MethodTest {
    std::vector<std::string> methods;
};
struct PathTest {
    Globs globs;
};
struct ContentTest {
    std::vector<BodyKind> kinds;
};
struct HeaderTest {
    std::string name;
    Pattern pattern;  // an absent field never matches
};
struct PresenceTest {
    Pointer pointer;
    bool present = true;  // null counts as absent
};
struct TypeTest {
    Pointer pointer;
    Node::Kind kind;
};
struct EqualTest {
    Pointer pointer;
    std::optional<std::string> text;  // nothing: must be absent or empty
};
struct OneOfTest {
    Pointer pointer;
    std::vector<std::string> texts;  // holds if any match is one of them
};
struct MatchTest {
    Pointer pointer;
    Pattern pattern;  // holds if any match matches
};
struct AtLeastTest {
    Pointer pointer;
    std::uint64_t bound = 0;  // compared with digits only
};
struct Predicate;
struct AllTest {
    std::vector<Predicate> of;
};
struct AnyTest {
    std::vector<Predicate> of;
};
struct NotTest {
    std::vector<Predicate> of;  // exactly one
};

using Test =
    std::variant<StatusTest, MethodTest, PathTest, ContentTest, HeaderTest, PresenceTest, TypeTest,
                 EqualTest, OneOfTest, MatchTest, AtLeastTest, AllTest, AnyTest, NotTest>;

struct Predicate {
    std::vector<Test> tests;  // none: always holds
};

bool holds(const Predicate& predicate, const Context& context);

// The first test that does not hold, for people: "/error is no string". Nothing when all hold.
// Names what the mapping asks for, never what the response says.
std::optional<std::string> first_miss(const Predicate& predicate, const Context& context);

// What a response's head alone says about a predicate.
enum class Verdict : std::uint8_t { no, yes, needs_body };
Verdict judge_head(const Predicate& predicate, int status, const http::Fields& fields);

}  // namespace errgate::mapping
