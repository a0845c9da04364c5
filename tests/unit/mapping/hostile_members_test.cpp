// Members made to hurt whoever reads the envelope, the log or a header field.
#include "answers.hpp"
#include "mapping/dialect.hpp"

namespace errgate::mapping {
namespace {

Selector pointer(std::string_view text) {
    Selector selector;
    selector.source = Selector::Source::pointer;
    selector.pointers.push_back(ptr(text));
    return selector;
}

// Takes every kind of member there is straight from the body.
Dialect everything() {
    DialectParts parts;
    parts.name = "everything";
    Format& format = parts.formats.emplace_back();
    format.id = "all";
    format.code = pointer("/code");
    format.type = pointer("/type");
    format.message = pointer("/message");
    format.request_id = pointer("/id");
    format.decline_code = pointer("/decline");
    format.advice_code = pointer("/advice");
    format.metadata_from = ptr("/metadata");
    DetailSource& details = format.details.emplace_back();
    details.over = DetailSource::Over::entries;
    details.pointer = ptr("/errors");
    details.field.emplace().source = Selector::Source::key;
    details.code = pointer("/code");
    details.message = pointer("/message");
    return Dialect(std::move(parts));
}

errors::Failure failure_of(std::string_view body) {
    return classify(everything(), {"POST", "/v1"}, {400, {}, body}, base::WallTime{}).failure;
}

// Every text of a failure that came from the provider.
std::vector<std::string> texts_of(const errors::Failure& failure) {
    const errors::ProviderFacts& provider = failure.provider;
    std::vector<std::string> out{failure.message,     provider.code,         provider.type,
                                 provider.request_id, provider.decline_code, provider.advice_code};
    for (const auto& [name, value] : failure.metadata)
        out.insert(out.end(), {name, value.text});
    for (const errors::Detail& detail : failure.details)
        out.insert(out.end(), {detail.field, detail.code, detail.message});
    return out;
}

std::string body_with(std::string_view evil) {
    const std::string text = "a" + std::string(evil) + "b";
    return R"({"code":")" + text + R"(","type":")" + text + R"(","message":")" + text +
           R"(","id":")" + text + R"(","decline":")" + text + R"(","advice":")" + text +
           R"(","metadata":{")" + text + R"(":")" + text + R"("},"errors":{")" + text +
           R"(":{"code":")" + text + R"(","message":")" + text + R"("}}})";
}

TEST(HostileMembers, NoLineEndOrControlCharacterLeavesInAnyOfThem) {
    for (const char* evil :
         {R"(\r\nX-Evil: 1\r\n\r\n)", R"(\u000d\u000a)", R"(\u0000)", R"(\u0085)", R"(\u001b[31m)",
          R"(\u2028)", R"(\u202e)", "\r\n", R"(\u007f)"}) {
        const errors::Failure failure = failure_of(body_with(evil));
        EXPECT_EQ(failure.details.size(), 1U) << evil;
        EXPECT_EQ(failure.metadata.size(), 1U) << evil;
        for (const std::string& text : texts_of(failure)) {
            for (const char* never : {"\r", "\n", "\x1b", "\x7f", "\u0085", "\u2028", "\u202e"})
                EXPECT_EQ(text.find(never), std::string::npos) << evil << " in " << text;
            EXPECT_EQ(text.find('\0'), std::string::npos) << evil;
        }
    }
}

TEST(HostileMembers, MillionsOfBytesAreCutInAllOfThem) {
    const std::string megabytes(10 * 1024 * 1024, 'x');
    const errors::Failure failure = failure_of(R"({"message":")" + megabytes + R"("})");
    EXPECT_EQ(failure.message.size(), errors::kMaxMessageCharacters);

    const errors::Failure all = failure_of(body_with(std::string(100'000, 'y')));
    for (const std::string& text : texts_of(all))
        EXPECT_LE(text.size(), errors::kMaxMessageBytes);
    EXPECT_EQ(all.provider.request_id, "") << "too long to be an id";
}

TEST(HostileMembers, NumbersStayWhatTheyWere) {
    const errors::Failure failure = failure_of(
        R"({"code":123456789012345678901234567890,"type":1e999,"metadata":{"n":-1e400,"m":1e2}})");
    EXPECT_EQ(failure.provider.code, "123456789012345678901234567890");
    EXPECT_EQ(failure.provider.type, "");
    ASSERT_EQ(failure.metadata.size(), 1U);
    EXPECT_EQ(failure.metadata[0].second.text, "100");
}

TEST(HostileMembers, BillionLaughsAreNotEvenHeard) {
    std::string dtd = "<!DOCTYPE l [<!ENTITY l0 \"lol\">";
    for (int i = 1; i < 10; ++i) {
        dtd += "<!ENTITY l" + std::to_string(i) + " \"";
        for (int n = 0; n < 10; ++n)
            dtd += "&l" + std::to_string(i - 1) + ";";
        dtd += "\">";
    }
    const Body body = decode(dtd + "]><e><code>&l9;</code></e>", "application/xml");
    EXPECT_LE(body.tree.size(), 10U);
    EXPECT_EQ(at(body, "/e/code"), "(absent)");
}

}  // namespace
}  // namespace errgate::mapping
