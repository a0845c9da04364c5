// What a predicate asks for and does not get, in words.
#include "mapping/predicate.hpp"

namespace errgate::mapping {
namespace {

std::string list(const std::vector<std::string>& words) {
    constexpr std::size_t kShown = 5;
    std::string out;
    for (std::size_t i = 0; i < words.size() && i < kShown; ++i)
        out += (i == 0 ? "" : ", ") + words[i];
    return words.size() > kShown ? out + " ..." : out;
}

std::string name_of(const Pointer& pointer) {
    return pointer.text().empty() ? "the body" : pointer.text();
}

std::string_view kind_name(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::null:
            return "null";
        case Node::Kind::boolean:
            return "boolean";
        case Node::Kind::number:
            return "number";
        case Node::Kind::string:
            return "string";
        case Node::Kind::array:
            return "array";
        case Node::Kind::object:
            break;
    }
    return "object";
}

struct Describe {
    const Context& context;

    std::string operator()(const StatusTest& test) const {
        std::vector<std::string> ranges;
        for (const StatusRange range : test.ranges) {
            const std::string first = std::to_string(range.first);
            ranges.push_back(range.first == range.last ? first
                                                       : first + "-" + std::to_string(range.last));
        }
        return "the status is not " + list(ranges);
    }
    std::string operator()(const MethodTest& test) const {
        return "the method is not " + list(test.methods);
    }
    std::string operator()(const PathTest& test) const {
        return "the path does not match " + list(test.globs);
    }
    std::string operator()(const ContentTest& test) const {
        std::vector<std::string> kinds;
        for (const BodyKind kind : test.kinds)
            kinds.emplace_back(to_string(kind));
        return "the body is not " + list(kinds);
    }
    std::string operator()(const HeaderTest& test) const {
        return "the field " + test.name + " is absent or does not match '" +
               test.pattern.expression() + "'";
    }
    std::string operator()(const PresenceTest& test) const {
        return name_of(test.pointer) + (test.present ? " is absent" : " is there");
    }
    std::string operator()(const TypeTest& test) const {
        return name_of(test.pointer) + " is no " + std::string(kind_name(test.kind));
    }
    std::string operator()(const EqualTest& test) const {
        return name_of(test.pointer) + (test.text ? " is not '" + *test.text + "'" : " is there");
    }
    std::string operator()(const OneOfTest& test) const {
        return name_of(test.pointer) + " is none of " + list(test.texts);
    }
    std::string operator()(const MatchTest& test) const {
        return name_of(test.pointer) + " does not match '" + test.pattern.expression() + "'";
    }
    std::string operator()(const AtLeastTest& test) const {
        return name_of(test.pointer) + " is no number from " + std::to_string(test.bound) + " on";
    }
    std::string operator()(const AllTest& test) const { return first_of(test.of); }
    std::string operator()(const AnyTest& test) const {
        std::string out = "none of its `any` holds";
        const char* separator = ": ";
        for (const Predicate& each : test.of) {
            out += separator + first_miss(each, context).value_or("");
            separator = "; ";
        }
        return out;
    }
    std::string operator()(const NotTest&) const { return "its `not` holds"; }

    std::string first_of(const std::vector<Predicate>& predicates) const {
        for (const Predicate& each : predicates) {
            if (auto miss = first_miss(each, context)) return *miss;
        }
        return "";
    }
};

}  // namespace

std::optional<std::string> first_miss(const Predicate& predicate, const Context& context) {
    for (const Test& test : predicate.tests) {
        if (!holds({{test}}, context)) return std::visit(Describe{context}, test);
    }
    return std::nullopt;
}

}  // namespace errgate::mapping
