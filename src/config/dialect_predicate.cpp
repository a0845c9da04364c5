#include "config/dialect_predicate.hpp"

#include "config/dialect_terms.hpp"

namespace errgate::config {
namespace {

using namespace mapping;

Convert<BodyKind> body_kind() {
    std::vector<Choice<BodyKind>> kinds;
    for (const BodyKind kind : {BodyKind::json, BodyKind::xml, BodyKind::html, BodyKind::form,
                                BodyKind::lines, BodyKind::text, BodyKind::empty})
        kinds.push_back({to_string(kind), kind});
    return choice(std::move(kinds));
}

Convert<Node::Kind> value_type() {
    return choice<Node::Kind>({{"string", Node::Kind::string},
                               {"object", Node::Kind::object},
                               {"array", Node::Kind::array},
                               {"boolean", Node::Kind::boolean},
                               {"number", Node::Kind::number},
                               {"null", Node::Kind::null}});
}

// Reads the tests of one mapping, cheap ones first: all of them must hold, so the order is free.
class TestReader {
  public:
    explicit TestReader(MappingReader& reader) : reader_(reader), report_(reader.report()) {}

    Predicate read(TypeKey type) {
        head_tests();
        presence("exists", true);
        presence("absent", false);
        if (type == TypeKey::is_test) types();
        per_pointer<MatchTest>("re", pattern());
        per_pointer<AtLeastTest>("ge", whole_number<std::uint64_t>(0, 1'000'000'000'000'000));
        equal();
        one_of();
        nested<AllTest>("all");
        nested<AnyTest>("any");
        negation();
        return std::move(predicate_);
    }

  private:
    template <class T>
    std::vector<T> items(const char* key, const Value& value, const Convert<T>& convert) {
        return read_items(report_, value, reader_.path_of(key), convert);
    }

    void head_tests() {
        if (const Value* v = reader_.get("status"))
            add(StatusTest{items("status", *v, status_range())});
        if (const Value* v = reader_.get("method")) add(MethodTest{items("method", *v, method())});
        if (const Value* v = reader_.get("path")) add(PathTest{items("path", *v, path_glob())});
        if (const Value* v = reader_.get("content"))
            add(ContentTest{items("content", *v, body_kind())});
        const Value* const headers = reader_.get("header");
        if (headers == nullptr) return;
        for_each_member(
            report_, *headers, reader_.path_of("header"),
            [&](const std::string& name, Mark, const Value& value, const std::string& path) {
                HeaderTest test{name, {}};
                if (read_scalar(report_, value, path, test.pattern, pattern())) {
                    add(std::move(test));
                }
            });
    }

    void presence(const char* key, bool present) {
        const Value* const value = reader_.get(key);
        if (value == nullptr) return;
        for (Pointer& each : items(key, *value, pointer()))
            add(PresenceTest{std::move(each), present});
    }

    // Calls `each(pointer, value, path)` for every member of `{pointer: value}`.
    template <class Each>
    void for_each_pointer(const char* key, const Each& each) {
        const Value* const value = reader_.get(key);
        if (value == nullptr) return;
        for_each_member(
            report_, *value, reader_.path_of(key),
            [&](const std::string& text, Mark mark, const Value& wanted, const std::string& path) {
                auto parsed = read_pointer_key(report_, mark, path, text);
                if (parsed) each(std::move(*parsed), wanted, path);
            });
    }

    template <class T, class U>
    void per_pointer(const char* key, const Convert<U>& convert) {
        for_each_pointer(key, [&](Pointer at, const Value& value, const std::string& path) {
            U wanted{};
            if (value.kind == Value::Kind::null) {
                report_.mismatch(value, path, {"a value"});
            } else if (read_scalar(report_, value, path, wanted, convert)) {
                add(T{std::move(at), std::move(wanted)});
            }
        });
    }

    void types() {
        for_each_pointer("type", [&](Pointer at, const Value& value, const std::string& path) {
            TypeTest test{std::move(at), Node::Kind::null};  // also written without quotes
            const bool null = value.kind == Value::Kind::null;
            if (null || read_scalar(report_, value, path, test.kind, value_type())) {
                add(std::move(test));
            }
        });
    }

    void equal() {
        for_each_pointer("eq", [&](Pointer at, const Value& value, const std::string& path) {
            EqualTest test{std::move(at), std::nullopt};
            std::string wanted;
            const bool absent = value.kind == Value::Kind::scalar && value.text.empty();
            if (!absent && read_scalar(report_, value, path, wanted, compared_text())) {
                test.text = std::move(wanted);
            }
            add(std::move(test));
        });
    }

    void one_of() {
        for_each_pointer("in", [&](Pointer at, const Value& value, const std::string& path) {
            add(OneOfTest{std::move(at), read_items(report_, value, path, compared_text())});
        });
    }

    template <class T>
    void nested(const char* key) {
        const Value* const value = reader_.get(key);
        if (value == nullptr) return;
        T test;
        for_each_item(*value, reader_.path_of(key), [&](const Value& item, const std::string& at) {
            test.of.push_back(read_predicate(report_, item, at));
        });
        add(std::move(test));
    }

    void negation() {
        const Value* const value = reader_.get("not");
        if (value == nullptr) return;
        add(NotTest{{read_predicate(report_, *value, reader_.path_of("not"))}});
    }

    void add(Test test) { predicate_.tests.push_back(std::move(test)); }

    MappingReader& reader_;
    Report& report_;
    Predicate predicate_;
};

}  // namespace

Predicate read_tests(MappingReader& reader, TypeKey type) {
    return TestReader(reader).read(type);
}

Predicate read_predicate(Report& report, const Value& value, const std::string& path) {
    MappingReader reader(report, value, path);
    Predicate predicate = read_tests(reader);
    reader.finish();
    return predicate;
}

Predicate read_predicate(MappingReader& reader, std::string_view key) {
    const Value* const value = reader.get(key);
    if (value == nullptr) return {};
    return read_predicate(reader.report(), *value, reader.path_of(key));
}

}  // namespace errgate::config
