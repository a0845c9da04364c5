// Route choice: prefixes on segment borders, conditions, ties, and agreement with a linear search.
#include "policy/route.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace errgate::policy {
namespace {

RouteMatch prefix(std::string path_prefix) {
    RouteMatch match;
    match.path_prefix = std::move(path_prefix);
    return match;
}

RouteMatch with_methods(RouteMatch match, std::vector<std::string> methods) {
    match.methods = std::move(methods);
    return match;
}

RouteMatch with_host(RouteMatch match, std::string host) {
    match.host = std::move(host);
    return match;
}

RouteMatch with_header(RouteMatch match, std::string name, std::string value) {
    match.headers.emplace_back(std::move(name), std::move(value));
    return match;
}

int get(const RouteTable& table, std::string_view path, std::string_view host = "h",
        const http::Fields& fields = {}) {
    const auto found = table.find(host, "GET", path, fields);
    return found ? *found : -1;
}

TEST(RouteTable, EmptyTableMatchesNothing) {
    EXPECT_EQ(get(RouteTable({}), "/"), -1);
}

TEST(RouteTable, PrefixesMatchOnSegmentBorders) {
    struct Case {
        const char* name;
        const char* prefix;
        const char* path;
        bool matches;
    };
    const Case cases[] = {
        {"itself", "/kira", "/kira", true},
        {"below", "/kira", "/kira/x", true},
        {"with its slash", "/kira", "/kira/", true},
        {"not inside a segment", "/kira", "/kirax", false},
        {"not another case", "/kira", "/Kira", false},
        {"slash: below", "/kira/", "/kira/x", true},
        {"slash: itself", "/kira/", "/kira/", true},
        {"slash: not without", "/kira/", "/kira", false},
        {"root covers all", "/", "/anything/at/all", true},
        {"root covers root", "/", "/", true},
        {"not the asterisk form", "/", "*", false},
        {"not an empty path", "/", "", false},
        {"nothing is decoded", "/a/b", "/a%2Fb", false},
        {"no slash is collapsed", "/a/b", "/a//b", false},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(get(RouteTable({prefix(c.prefix)}), c.path) == 0, c.matches) << c.name;
    }
}

TEST(RouteTable, DotSegmentsMatchNothing) {
    const RouteTable table({prefix("/")});
    for (const char* path :
         {"/a/../b", "/a/./b", "/a/..", "/.", "/a/%2e%2E/b", "/a/.%2e", "/%2E/x"}) {
        EXPECT_EQ(get(table, path), -1) << path;
    }
    for (const char* path : {"/a/...", "/.well-known/x", "/a/..b", "/a/%2ex", "/a.b/c..d"}) {
        EXPECT_EQ(get(table, path), 0) << path;
    }
}

TEST(RouteTable, LongestPrefixWinsWhateverTheOrder) {
    const RouteTable table({prefix("/"), prefix("/a/b"), prefix("/a"), prefix("/a/")});
    EXPECT_EQ(get(table, "/a/b/c"), 1);
    EXPECT_EQ(get(table, "/a/bc"), 3);
    EXPECT_EQ(get(table, "/a"), 2);
    EXPECT_EQ(get(table, "/ab"), 0);
}

TEST(RouteTable, ShorterPrefixServesWhatTheLongerOneRefuses) {
    const RouteTable table({with_methods(prefix("/a/b"), {"POST"}), prefix("/a")});
    EXPECT_EQ(get(table, "/a/b"), 1);
    EXPECT_EQ(table.find("h", "POST", "/a/b", {}), std::uint16_t{0});
}

TEST(RouteTable, MethodsAreCaseSensitive) {
    const RouteTable table({with_methods(prefix("/"), {"GET", "POST"})});
    EXPECT_TRUE(table.find("h", "POST", "/", {}));
    EXPECT_FALSE(table.find("h", "post", "/", {}));
}

TEST(RouteTable, HostsIgnoreCaseAndPort) {
    const RouteTable table(
        {with_host(prefix("/"), "Pay.Internal"), with_host(prefix("/"), "[::1]")});
    EXPECT_EQ(get(table, "/", "pay.internal"), 0);
    EXPECT_EQ(get(table, "/", "PAY.internal:8080"), 0);
    EXPECT_EQ(get(table, "/", "[::1]:80"), 1);
    EXPECT_EQ(get(table, "/", "[::1]"), 1);
    EXPECT_EQ(get(table, "/", "other"), -1);
    EXPECT_EQ(get(table, "/", ""), -1);
}

TEST(RouteTable, HeadersMustAllBeThereWithTheirValue) {
    const RouteTable table(
        {with_header(with_header(prefix("/"), "x-tenant", "acme"), "x-mode", "live")});
    const http::Field tenant{http::FieldName::unknown, "X-Tenant", "acme"};
    const http::Field other{http::FieldName::unknown, "X-Tenant", "Acme"};
    const http::Field mode{http::FieldName::unknown, "x-mode", "live"};
    EXPECT_EQ(get(table, "/", "h", {tenant, mode}), 0);
    EXPECT_EQ(get(table, "/", "h", {other, tenant, mode}), 0) << "any field of the name counts";
    EXPECT_EQ(get(table, "/", "h", {tenant}), -1);
    EXPECT_EQ(get(table, "/", "h", {other, mode}), -1) << "values are compared byte for byte";
}

TEST(RouteTable, MoreConditionsWinAmongEqualPrefixes) {
    const RouteTable table({prefix("/"), with_host(prefix("/"), "h"),
                            with_header(with_methods(prefix("/"), {"GET"}), "x", "1")});
    EXPECT_EQ(get(table, "/", "h", {{http::FieldName::unknown, "x", "1"}}), 2);
    EXPECT_EQ(get(table, "/", "h"), 1);
    EXPECT_EQ(get(table, "/", "other"), 0);
}

TEST(RouteTable, TheFirstInTheFileWinsATie) {
    const RouteTable any_host_first(
        {with_methods(prefix("/"), {"GET"}), with_host(prefix("/"), "h")});
    EXPECT_EQ(get(any_host_first, "/"), 0);
    const RouteTable host_first({with_host(prefix("/"), "h"), with_methods(prefix("/"), {"GET"})});
    EXPECT_EQ(get(host_first, "/"), 0);
}

// The rules of the header as a plain search through every route.
std::optional<std::uint16_t> search(const std::vector<RouteMatch>& matches, std::string_view host,
                                    std::string_view method, std::string_view path,
                                    const http::Fields& fields) {
    std::optional<std::uint16_t> best;
    const auto conditions = [](const RouteMatch& m) {
        return (m.methods.empty() ? 0U : 1U) + (m.host.empty() ? 0U : 1U) + m.headers.size();
    };
    for (std::size_t i = 0; i < matches.size(); ++i) {
        const RouteMatch& m = matches[i];
        const std::string folder =
            m.path_prefix.ends_with('/') ? m.path_prefix : m.path_prefix + "/";
        if (path != m.path_prefix && !path.starts_with(folder)) continue;
        if (!m.host.empty() && !http::iequals(m.host, host)) continue;
        if (!m.methods.empty() && std::count(m.methods.begin(), m.methods.end(), method) == 0)
            continue;
        const bool headers = std::all_of(m.headers.begin(), m.headers.end(), [&](const auto& h) {
            return http::find(fields, h.first) == h.second;
        });
        if (!headers) continue;
        const auto better = [&](const RouteMatch& old) {
            return std::pair(m.path_prefix.size(), conditions(m)) >
                   std::pair(old.path_prefix.size(), conditions(old));
        };
        if (!best || better(matches[*best])) best = static_cast<std::uint16_t>(i);
    }
    return best;
}

class RandomRoutes {
  public:
    std::string path() {
        std::string out;
        for (int left = pick(4); left >= 0; --left)
            out += "/" + std::string(1, "abc"[pick(3)]) + (pick(4) ? "" : "a");
        return out + (pick(3) ? "" : "/");
    }
    RouteMatch match() {
        RouteMatch out = prefix(pick(12) ? path() : "/");
        if (pick(3) == 0) out.host = hosts_[pick(3)];
        if (pick(3) == 0) out.methods = {methods_[pick(2)]};
        if (pick(4) == 0) out.headers = {{"x-a", values_[pick(2)]}};
        return out;
    }
    std::string_view host() { return hosts_[pick(4)]; }
    std::string_view method() { return methods_[pick(3)]; }
    http::Fields fields() {
        if (pick(2)) return {};
        return {{http::FieldName::unknown, "X-A", values_[pick(2)]}};
    }

  private:
    std::size_t pick(std::size_t below) { return random_() % below; }
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

    std::mt19937 random_{20240229};  // the same tables on every run
    const char* hosts_[4] = {"a", "b.c", "B.d", "e"};
    const char* methods_[3] = {"GET", "POST", "PUT"};
    const char* values_[2] = {"1", "2"};
};

TEST(RouteTable, AgreesWithALinearSearchOnRandomTables) {
    RandomRoutes random;
    int found = 0;
    for (std::size_t size : {1U, 3U, 10U, 40U, 200U, 1000U}) {
        for (int round = 0; round < 20; ++round) {
            std::vector<RouteMatch> matches;
            while (matches.size() < size)
                matches.push_back(random.match());
            const RouteTable table(matches);
            for (int request = 0; request < 100; ++request) {
                const std::string path = random.path();
                const std::string_view host = random.host();
                const std::string_view method = random.method();
                const http::Fields fields = random.fields();
                const auto expected = search(matches, host, method, path, fields);
                found += expected ? 1 : 0;
                ASSERT_EQ(table.find(host, method, path, fields), expected)
                    << method << " " << host << path << " in " << size << " routes";
            }
        }
    }
    EXPECT_GT(found, 1000) << "the tables must not be so random that nothing ever matches";
}

}  // namespace
}  // namespace errgate::policy
