#include "mapping/predicate.hpp"

#include "base/utf8.hpp"
#include "http/head.hpp"

#include <algorithm>
#include <string_view>

namespace errgate::mapping {
namespace {

template <typename Range, typename Test>
bool any(const Range& range, Test test) {
    return std::any_of(range.begin(), range.end(), test);
}

bool header_matches(const HeaderTest& test, const http::Fields& fields) {
    const std::string_view value = http::find(fields, test.name);
    return value.data() != nullptr && test.pattern.found_in(base::repair_utf8(value));
}

// Digits against a number, whatever their length.
bool at_least(std::string_view digits, std::uint64_t bound) {
    if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return false;
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    const std::string wanted = bound == 0 ? "" : std::to_string(bound);
    if (digits.size() != wanted.size()) return digits.size() > wanted.size();
    return digits >= wanted;
}

struct Evaluate {
    const Context& context;
    const Tree& tree = context.body.tree;

    Text first_scalar(const Pointer& pointer) const {
        const auto first = pointer.first(tree, context.at);
        return first ? tree.scalar(*first) : std::nullopt;
    }
    template <typename Matches>
    bool any_scalar(const Pointer& pointer, Matches matches) const {
        return pointer.any(tree, context.at, [&](NodeId node) {
            const Text text = tree.scalar(node);
            return text && matches(*text);
        });
    }
    bool all_of(const std::vector<Predicate>& predicates) const {
        return std::all_of(predicates.begin(), predicates.end(),
                           [&](const Predicate& each) { return holds(each, context); });
    }

    bool operator()(const StatusTest& test) const { return test.holds(context.response.status); }
    bool operator()(const MethodTest& test) const {
        return any(test.methods, [&](const auto& m) { return m == context.request.method; });
    }
    bool operator()(const PathTest& test) const {
        return any_match(test.globs, context.request.path);
    }
    bool operator()(const ContentTest& test) const {
        return any(test.kinds, [&](BodyKind kind) { return kind == context.body.kind; });
    }
    bool operator()(const HeaderTest& test) const {
        return header_matches(test, context.response.fields);
    }
    bool operator()(const PresenceTest& test) const {
        const auto first = test.pointer.first(tree, context.at);
        return (first && tree[*first].kind != Node::Kind::null) == test.present;
    }
    bool operator()(const TypeTest& test) const {
        const auto first = test.pointer.first(tree, context.at);
        return first && tree[*first].kind == test.kind;
    }
    bool operator()(const EqualTest& test) const {
        const Text text = first_scalar(test.pointer);
        return test.text ? text == *test.text : !text;
    }
    bool operator()(const OneOfTest& test) const {
        return any_scalar(test.pointer, [&](std::string_view text) {
            return any(test.texts, [&](const auto& wanted) { return wanted == text; });
        });
    }
    bool operator()(const MatchTest& test) const {
        return any_scalar(test.pointer,
                          [&](std::string_view text) { return test.pattern.found_in(text); });
    }
    bool operator()(const AtLeastTest& test) const {
        const auto text = first_scalar(test.pointer);
        return text && at_least(*text, test.bound);
    }
    bool operator()(const AllTest& test) const { return all_of(test.of); }
    bool operator()(const AnyTest& test) const {
        return any(test.of, [&](const Predicate& each) { return holds(each, context); });
    }
    bool operator()(const NotTest& test) const { return !all_of(test.of); }
};

Verdict to_verdict(bool holds) {
    return holds ? Verdict::yes : Verdict::no;
}

// Three-valued: what needs the body, or the request, may turn out either way.
struct JudgeHead {
    int status;
    const http::Fields& fields;

    Verdict conjunction(const std::vector<Predicate>& predicates) const {
        Verdict all = Verdict::yes;
        for (const Predicate& each : predicates) {
            const Verdict verdict = judge_head(each, status, fields);
            if (verdict == Verdict::no) return verdict;
            if (verdict == Verdict::needs_body) all = verdict;
        }
        return all;
    }

    Verdict operator()(const StatusTest& test) const { return to_verdict(test.holds(status)); }
    Verdict operator()(const HeaderTest& test) const {
        return to_verdict(header_matches(test, fields));
    }
    Verdict operator()(const AllTest& test) const { return conjunction(test.of); }
    Verdict operator()(const NotTest& test) const {
        const Verdict inner = conjunction(test.of);
        if (inner == Verdict::needs_body) return inner;
        return to_verdict(inner == Verdict::no);
    }
    Verdict operator()(const AnyTest& test) const {
        Verdict best = Verdict::no;
        for (const Predicate& each : test.of) {
            const Verdict verdict = judge_head(each, status, fields);
            if (verdict == Verdict::yes) return verdict;
            if (verdict == Verdict::needs_body) best = verdict;
        }
        return best;
    }
    template <typename Other>
    Verdict operator()(const Other&) const {
        return Verdict::needs_body;
    }
};

}  // namespace

bool StatusTest::holds(int status) const {
    return any(ranges, [=](StatusRange r) { return status >= r.first && status <= r.last; });
}

bool holds(const Predicate& predicate, const Context& context) {
    const Evaluate evaluate{context};
    return std::all_of(predicate.tests.begin(), predicate.tests.end(),
                       [&](const Test& test) { return std::visit(evaluate, test); });
}

Verdict judge_head(const Predicate& predicate, int status, const http::Fields& fields) {
    const JudgeHead judge{status, fields};
    Verdict all = Verdict::yes;
    for (const Test& test : predicate.tests) {
        const Verdict verdict = std::visit(judge, test);
        if (verdict == Verdict::no) return verdict;
        if (verdict == Verdict::needs_body) all = verdict;
    }
    return all;
}

}  // namespace errgate::mapping
