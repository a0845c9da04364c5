// The files of the web page: which path gives which, and that they fit together.
#include "admin/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

namespace errgate::admin {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Answer get(std::string_view target, std::string_view if_none_match = "") {
    return answer({.method = "GET", .target = target, .if_none_match = if_none_match}, {});
}

std::string field(std::string_view name) {
    for (const auto& [known, value] : page_fields()) {
        if (known == name) return std::string(value);
    }
    return {};
}

TEST(Page, IsAtTheRoot) {
    for (const char* target : {"/", "/?x=1"}) {
        const Answer page = get(target);
        EXPECT_EQ(page.status, 200U);
        EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
        EXPECT_THAT(page.body, StartsWith("<!doctype html>"));
        EXPECT_TRUE(page.page);
    }
}

TEST(Page, FilesHaveTheirType) {
    EXPECT_EQ(get("/page/app.js").content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(get("/page/uplot.js").content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(get("/page/base.css").content_type, "text/css; charset=utf-8");
    EXPECT_EQ(get("/page/icon.svg").content_type, "image/svg+xml");
}

TEST(Page, OtherPathsAreNoFiles) {
    for (const char* target : {"/page", "/page/", "/page/index.html", "/index.html", "/page/app.j",
                               "/page/../config", "/page/vendor/uplot.js", "//"}) {
        EXPECT_EQ(get(target).status, 404U) << target;
    }
}

TEST(Page, IsForReading) {
    const Answer refused = answer({.method = "POST", .target = "/"}, {});
    EXPECT_EQ(refused.status, 405U);
    EXPECT_EQ(refused.allow, "GET, HEAD");
}

TEST(Page, IsSentAgainOnlyWhenItChanged) {
    const Answer first = get("/page/app.js");
    ASSERT_EQ(first.etag.size(), 34U);
    for (const std::string& field : {first.etag, "\"x\", " + first.etag, std::string("*")}) {
        const Answer again = get("/page/app.js", field);
        EXPECT_EQ(again.status, 304U) << field;
        EXPECT_EQ(again.body, "");
        EXPECT_EQ(again.etag, first.etag);
    }
    EXPECT_EQ(get("/page/app.js", get("/").etag).status, 200U);
}

TEST(Page, PolicyAllowsThisListenerAlone) {
    const std::string policy = field("Content-Security-Policy");
    EXPECT_THAT(policy, StartsWith("default-src 'none';"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, HasSubstr("require-trusted-types-for 'script'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_THAT(policy, Not(HasSubstr("http")));
    EXPECT_THAT(policy, Not(HasSubstr("*")));
    EXPECT_EQ(field("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(field("Cache-Control"), "no-cache");
}

// What the policy would refuse, or what is not there, would show only in a browser.
TEST(Page, HasWhatItNames) {
    const std::string index = get("/").body;
    EXPECT_THAT(index, Not(HasSubstr("style=")));
    EXPECT_THAT(index, Not(HasSubstr("onclick")));
    EXPECT_THAT(index, Not(HasSubstr("://")));
    std::set<std::string> todo;
    const auto collect = [&](const std::string& text, const char* pattern) {
        const std::regex name(pattern);
        for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it)
            todo.insert((*it)[1].str());
    };
    collect(index, "\"page/([^\"]+)\"");
    EXPECT_GE(todo.size(), 6U);
    std::set<std::string> done;
    while (!todo.empty()) {
        const std::string name = todo.extract(todo.begin()).value();
        if (!done.insert(name).second) continue;
        const Answer file = get("/page/" + name);
        EXPECT_EQ(file.status, 200U) << name;
        if (name != "uplot.js") collect(file.body, "from \"\\./([^\"]+)\"");
    }
    EXPECT_TRUE(done.contains("timeline.js"));
}

}  // namespace
}  // namespace errgate::admin
