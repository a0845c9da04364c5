// What a format extracts: words, metadata, details, embedded JSON.
#include "mapping/format.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

Selector pointer(std::string_view text) {
    Selector selector;
    selector.source = Selector::Source::pointer;
    selector.pointers.push_back(ptr(text));
    return selector;
}

Selector special(Selector::Source source) {
    Selector selector;
    selector.source = source;
    return selector;
}

std::string shown(const std::vector<errors::Detail>& details) {
    std::string out;
    for (const auto& detail : details)
        out += "{" + detail.field + "," + detail.code + "," + detail.message + "}";
    return out;
}

// With what its texts point into.
struct Extracted : Extraction {
    std::unique_ptr<const Answer> answer;
};

Extracted run(const Format& format, std::string json) {
    std::unique_ptr<const Answer> answer(new Answer{std::move(json)});
    return {extract(format, answer->context), std::move(answer)};
}

TEST(Extract, Words) {
    Format format;
    format.code = pointer("/error/code");
    format.type = pointer("/error/type");
    format.message = pointer("/error/message");
    format.request_id = pointer("/id");
    format.decline_code = pointer("/error/network");
    format.advice_code = pointer("/error/advice");
    const auto found =
        run(format, R"({"id":"r1","error":{"code":5,"type":"t","message":" m ","network":"51"}})");
    EXPECT_EQ(found.code, "5");
    EXPECT_EQ(found.type, "t");
    EXPECT_EQ(found.message, "m");
    EXPECT_EQ(found.request_id, "r1");
    EXPECT_EQ(found.decline_code, "51");
    EXPECT_FALSE(found.advice_code);
}

TEST(Extract, MetadataByNameIsTextAndKeepsItsOrder) {
    Format format;
    format.metadata = {{"b", pointer("/y")}, {"a", pointer("/x")}, {"none", pointer("/z")}};
    const auto found = run(format, R"({"x":1,"y":true})");
    ASSERT_EQ(found.metadata.size(), 2U);
    EXPECT_EQ(found.metadata[0].first, "b");
    EXPECT_EQ(found.metadata[0].second.kind, errors::MetadataValue::Kind::string);
    EXPECT_EQ(found.metadata[1].second.text, "1");
}

TEST(Extract, MetadataFromAnObjectKeepsScalarsWithTheirKind) {
    Format format;
    format.metadata_from = ptr("/metadata");
    const auto found = run(
        format, R"({"metadata":{"n":5,"b":false,"s":"x","o":{"k":1},"a":[1],"e":"","z":null}})");
    ASSERT_EQ(found.metadata.size(), 3U);
    EXPECT_EQ(found.metadata[0].second.kind, errors::MetadataValue::Kind::number);
    EXPECT_EQ(found.metadata[1].second.kind, errors::MetadataValue::Kind::boolean);
    EXPECT_EQ(found.metadata[2].second.kind, errors::MetadataValue::Kind::string);
}

TEST(Extract, AtMost32MetadataAnd100Details) {
    std::string json = R"({"metadata":{)";
    for (int i = 0; i < 50; ++i)
        json += "\"k" + std::to_string(i) + "\":1,";
    json += R"("z":1},"errors":[)";
    for (int i = 0; i < 150; ++i)
        json += R"({"f":"a"},)";
    Format format;
    format.metadata_from = ptr("/metadata");
    format.details.emplace_back();
    format.details[0].pointer = ptr("/errors/*");
    format.details[0].field = pointer("/f");
    const auto found = run(format, json + "{}]}");
    EXPECT_EQ(found.metadata.size(), 32U);
    EXPECT_EQ(found.details.size(), 100U);
}

TEST(Extract, DetailsOfEachMatch) {
    Format format;
    DetailSource& source = format.details.emplace_back();
    source.pointer = ptr("/errors/*");
    source.when = {{PresenceTest{ptr("/code"), true}}};
    source.field = pointer("/path");
    source.code = pointer("/code");
    const std::string json = R"({"errors":[{"path":"a.b","code":"x"},{"path":"c"},{"code":"y"}]})";
    EXPECT_EQ(shown(run(format, json).details), "{/a/b,x,}{,y,}");
}

TEST(Extract, AnElementThatSaysNothingIsDropped) {
    Format format;
    DetailSource& source = format.details.emplace_back();
    source.pointer = ptr("/errors/*");
    source.message = pointer("/message");
    EXPECT_EQ(shown(run(format, R"({"errors":[{},{"message":"m"},5,null]})").details), "{,,m}");
}

TEST(Extract, DetailsOfTheEntriesOfAnObject) {
    Format format;
    DetailSource& source = format.details.emplace_back();
    source.over = DetailSource::Over::entries;
    source.pointer = ptr("/errors");
    source.field = special(Selector::Source::key);
    source.message = special(Selector::Source::self);
    const std::string json = R"({"errors":{"email":["bad","short"],"x/y":"odd"}})";
    EXPECT_EQ(shown(run(format, json).details), "{/email,,bad}{/email,,short}{/x~1y,,odd}");
    EXPECT_EQ(shown(run(format, R"({"errors":["a"]})").details), "") << "not an object";
}

TEST(Extract, EntriesMayKeepListsWhole) {
    Format format;
    DetailSource& source = format.details.emplace_back();
    source.over = DetailSource::Over::entries;
    source.flatten = false;
    source.pointer = ptr("/errors");
    source.field = special(Selector::Source::key);
    source.message = pointer("/0");
    EXPECT_EQ(shown(run(format, R"({"errors":{"email":["bad","short"]}})").details),
              "{/email,,bad}");
}

TEST(Embed, DecodesJsonAndBase64) {
    Body body = decode(R"({"s":"{\"a\":1}","b":"eyJhIjoyfQ==","u":"eyJhIjoiPz8_In0","bad":"{"})");
    decode_embeds({{Embed::Decode::json, ptr("/s"), "x"},
                   {Embed::Decode::base64_json, ptr("/b"), "y"},
                   {Embed::Decode::base64_json, ptr("/u"), "z"},
                   {Embed::Decode::json, ptr("/bad"), "s"},
                   {Embed::Decode::base64_json, ptr("/s"), "b"},
                   {Embed::Decode::json, ptr("/absent"), "b"}},
                  body.tree);
    EXPECT_EQ(at(body, "/x/a"), "1");
    EXPECT_EQ(at(body, "/y/a"), "2");
    EXPECT_EQ(at(body, "/z/a"), "???");
    EXPECT_EQ(at(body, "/s"), "{\"a\":1}") << "what does not decode replaces nothing";
    EXPECT_EQ(at(body, "/b"), "eyJhIjoyfQ==");
}

}  // namespace
}  // namespace errgate::mapping
