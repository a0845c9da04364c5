// Every kind of mistake in a routes file, word for word and with its place.
#include "routes_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errgate::config {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::StartsWith;

struct Case {
    const char* name;
    std::string text;
    std::string problem;  // without "f:"
};

void expect_problems(const std::vector<Case>& cases) {
    for (const Case& c : cases) {
        // A list of the known dialects changes with the shipped ones: only its beginning is held.
        const bool open_end = c.problem.ends_with("known: ");
        const std::string wanted = "f:" + c.problem;
        const auto matches =
            open_end ? testing::Matcher<std::string>(StartsWith(wanted)) : Eq(wanted);
        EXPECT_THAT(problems_of(c.text), ElementsAre(matches)) << c.name;
    }
}

TEST(Problems, TheMinimalFileHasNone) {
    EXPECT_THAT(problems_of(minimal()), ElementsAre());
    EXPECT_THAT(problems_of(with_upstream("pool: {}")), ElementsAre());
    EXPECT_THAT(problems_of(with_route("match: {}")), ElementsAre());
}

TEST(Problems, WholeFile) {
    EXPECT_THAT(problems_of("{}"),
                ElementsAre("f:1:1: version: is required", "f:1:1: listen: is required",
                            "f:1:1: upstreams: is required", "f:1:1: routes: is required"));
    EXPECT_THAT(problems_of("- a\n"), ElementsAre("f:1:1: expected a mapping, got a list"));
    EXPECT_THAT(problems_of("foo\n"), ElementsAre("f:1:1: expected a mapping, got \"foo\""));
    EXPECT_THAT(problems_of("null\n"), ElementsAre("f:1:1: expected a mapping, got nothing"));
}

TEST(Problems, TopLevel) {
    expect_problems({
        {"version", replaced(minimal(), "version: 1", "version: 2"),
         "1:10: version: expected the number 1, got \"2\""},
        {"unknown key", minimal("thread: 4"),
         "10:1: thread: unknown key; did you mean \"threads\"? allowed: version, listen, admin, "
         "threads, dialects, limits, client, drain, upstreams, defaults, routes, access_log, "
         "journal"},
        {"unknown key far from all", minimal("access_log: {colour: red}"),
         "10:14: access_log.colour: unknown key; allowed: path, format, sample"},
        {"whole number", minimal("threads: lots"),
         "10:10: threads: expected a whole number from 0 to 256, got \"lots\""},
        {"out of range", minimal("threads: 257"),
         "10:10: threads: expected a whole number from 0 to 256, got \"257\""},
        {"negative", minimal("threads: -1"),
         "10:10: threads: expected a whole number from 0 to 256, got \"-1\""},
        {"quoted number", minimal("threads: '4'"),
         "10:10: threads: expected a whole number from 0 to 256, got the text \"4\""},
        {"list for a number", minimal("threads: [4]"),
         "10:10: threads: expected a whole number from 0 to 256, got a list"},
        {"no upstream",
         replaced(minimal(), "\n  kira:\n    url: http://api.example\n    dialect: kira", " {}"),
         "3:12: upstreams: needs at least one upstream"},
        {"upstreams as list",
         "version: 1\nlisten: [{address: 'localhost:0'}]\nupstreams: []\n"
         "routes: [{name: a, upstream: b}]\n",
         "3:12: upstreams: expected a mapping of names to upstreams, got a list"},
        {"duplicate key", minimal("version: 1"),
         "10:1: version: duplicate key, first at line 1, column 1"},
        {"no mapping file", minimal("dialects: [nowhere/*.yaml]"),
         "10:12: dialects[0]: no file matches"},
        {"dialects no list", minimal("dialects: nowhere/*.yaml"),
         "10:11: dialects: expected a list, got \"nowhere/*.yaml\""},
        {"empty item", minimal("dialects: [~]"),
         "10:12: dialects[0]: expected a text, got nothing"},
    });
}

TEST(Problems, DurationsAndSizes) {
    const std::string wanted =
        "expected a duration from 1ms to 24h such as 250ms, 2s, 5m or 1h, got ";
    expect_problems({
        {"bare number", minimal("client: {body_timeout: 30}"),
         "10:24: client.body_timeout: " + wanted + "\"30\"; say the unit: ms, s, m or h"},
        {"bare JSON text", minimal("client: {body_timeout: \"30\"}"),
         "10:24: client.body_timeout: " + wanted + "the text \"30\"; say the unit: ms, s, m or h"},
        {"fraction", minimal("client: {body_timeout: 1.5s}"),
         "10:24: client.body_timeout: " + wanted + "\"1.5s\""},
        {"two units", minimal("client: {body_timeout: 1m30s}"),
         "10:24: client.body_timeout: " + wanted + "\"1m30s\""},
        {"space", minimal("client: {body_timeout: 1 s}"),
         "10:24: client.body_timeout: " + wanted + "\"1 s\""},
        {"too long", minimal("client: {body_timeout: 25h}"),
         "10:24: client.body_timeout: " + wanted + "\"25h\""},
        {"too short", minimal("client: {body_timeout: 0s}"),
         "10:24: client.body_timeout: " + wanted + "\"0s\""},
        {"overflow", minimal("client: {body_timeout: 18446744073709551615h}"),
         "10:24: client.body_timeout: " + wanted + "\"18446744073709551615h\""},
        {"decimal size", minimal("limits: {header_bytes: 32KB}"),
         "10:24: limits.header_bytes: expected a size from 1KiB to 1MiB such as 65536, 64KiB or "
         "1MiB, got \"32KB\""},
        {"size too large", minimal("limits: {header_bytes: 1GiB}"),
         "10:24: limits.header_bytes: expected a size from 1KiB to 1MiB such as 65536, 64KiB or "
         "1MiB, got \"1GiB\""},
    });
}

TEST(Problems, Listeners) {
    const auto listening = [](const std::string& list) {
        return replaced(minimal(), "[{address: \"127.0.0.1:8080\"}]", list);
    };
    const std::string wanted =
        "2:20: listen[0].address: expected a literal address and port such as 127.0.0.1:8080 or "
        "[::1]:8080, got ";
    expect_problems({
        {"none", listening("[]"), "2:9: listen: needs at least one entry"},
        {"no list", listening("127.0.0.1:80"),
         "2:9: listen: expected a list, got \"127.0.0.1:80\""},
        {"no mapping", listening("[127.0.0.1:80]"),
         "2:10: listen[0]: expected a mapping, got \"127.0.0.1:80\""},
        {"no address", listening("[{}]"), "2:10: listen[0].address: is required"},
        {"misspelt key is not missing too", listening("[{adress: 127.0.0.1:80}]"),
         "2:11: listen[0].adress: unknown key; did you mean \"address\"? allowed: address, tls"},
        {"no port", listening("[{address: 127.0.0.1}]"), wanted + "\"127.0.0.1\""},
        {"name", listening("[{address: gateway:80}]"), wanted + "\"gateway:80\""},
        {"port too large", listening("[{address: 127.0.0.1:65536}]"),
         wanted + "\"127.0.0.1:65536\""},
        {"IPv6 without brackets", listening("[{address: '::1:80'}]"),
         wanted + "the text \"::1:80\""},
        {"only a port", listening("[{address: ':80'}]"), wanted + "the text \":80\""},
        {"twice", listening("[{address: '127.0.0.1:80'}, {address: 'localhost:80'}]"),
         "2:47: listen[1].address: the same address as listen[0]"},
        {"admin's", minimal("admin: {address: '127.0.0.1:8080'}"),
         "10:18: admin.address: the same address as listen[0]"},
        {"admin not loopback", minimal("admin: {address: '0.0.0.0:9464'}"),
         "10:18: admin.address: not a loopback address: that needs admin.allow_remote: true"},
        {"admin remote without a token",
         minimal("admin: {address: '0.0.0.0:9464', allow_remote: true}"),
         "10:48: admin.allow_remote: needs admin.token_file, or admin.token from the environment: "
         "other hosts may reach this listener"},
        {"admin token in the file", minimal("admin: {token: 0123456789abcdef}"),
         "10:16: admin.token: a secret does not belong into the file: write ${NAME} and set that "
         "variable, or use token_file"},
        {"admin token file missing", minimal("admin: {token_file: /nonexistent/token}"),
         "10:21: admin.token_file: /nonexistent/token: cannot be read: No such file or directory"},
    });
}

TEST(Problems, Upstreams) {
    const auto upstream = [](const std::string& from, const std::string& to) {
        return replaced(minimal(), from, to);
    };
    const std::string url =
        "5:10: upstreams.kira.url: expected a URL such as http://host:port/base, got ";
    expect_problems({
        {"name", replaced(minimal(), "routes:", "  ki/ra: {url: http://a, dialect: kira}\nroutes:"),
         "7:3: upstreams.ki/ra: expected a name of 1 to 64 characters A-Z a-z 0-9 _ . -"},
        {"no URL", upstream("    url: http://api.example\n", ""),
         "5:5: upstreams.kira.url: is required"},
        {"no scheme", upstream("http://api.example", "api.example"),
         url + "\"api.example\"; the scheme is missing"},
        {"other scheme", upstream("http://", "ftp://"),
         url + "\"ftp://api.example\"; the scheme must be http or https"},
        {"user", upstream("api.example", "u:p@api.example"),
         url + "another text; no user name or password, send them in a header"},
        {"no host", upstream("api.example", ":80"),
         url + "\"http://:80\"; the host is not a name or literal address"},
        {"bad address", upstream("api.example", "127.0.0.256"),
         url + "\"http://127.0.0.256\"; the host is not a name or literal address"},
        {"port 0", upstream("api.example", "api.example:0"),
         url + "\"http://api.example:0\"; the port must be from 1 to 65535"},
        {"no port", upstream("http://api.example", "'http://api.example:'"),
         url + "the text \"http://api.example:\"; the port must be from 1 to 65535"},
        {"fragment", upstream("api.example", "api.example/v1#x"),
         url + "\"http://api.example/v1#x\"; the base path has no query, fragment or dot segments"},
        {"query", upstream("api.example", "api.example?key=s3cret"),
         url + "another text; the base path has no query, fragment or dot segments"},
        {"dot segment", upstream("api.example", "api.example/a/%2e%2E/b"),
         url + "\"http://api.example/a/%2e%2E/b\"; the base path has no query, fragment or dot "
               "segments"},
        {"empty list", upstream("http://api.example", "[]"),
         "5:10: upstreams.kira.url: needs at least one entry"},
        {"other base path",
         upstream("http://api.example", "[http://a/v1, http://b/v1/, http://c/v2]"),
         "5:38: upstreams.kira.url[2]: scheme and base path must be those of "
         "upstreams.kira.url[0]"},
        {"twice", upstream("http://api.example", "[http://a, http://b, http://A:80]"),
         "5:31: upstreams.kira.url[2]: the same host and port are in the list twice"},
        {"unknown dialect", upstream("dialect: kira", "dialect: kiira"),
         "6:14: upstreams.kira.dialect: unknown dialect \"kiira\"; did you mean \"kira\"? known: "},
        {"unknown key", with_upstream("timeout: 3s"),
         "7:5: upstreams.kira.timeout: unknown key; allowed: url, dialect, tls, pool, "
         "max_in_flight, "
         "retry_budget, circuit_breaker, speaks_envelope, health_check"},
        {"ratio 0", with_upstream("retry_budget: {ratio: 0}"),
         "7:27: upstreams.kira.retry_budget.ratio: expected a number above 0 and at most 1, got "
         "\"0\""},
        {"ratio above 1", with_upstream("circuit_breaker: {failure_ratio: 1.5}"),
         "7:38: upstreams.kira.circuit_breaker.failure_ratio: expected a number above 0 and at "
         "most "
         "1, got \"1.5\""},
        {"no number", with_upstream("retry_budget: {min_per_second: nan}"),
         "7:36: upstreams.kira.retry_budget.min_per_second: expected a number from 0 to 1e+06, got "
         "\"nan\""},
        {"breaker durations", with_upstream("circuit_breaker: {open: 10m}"),
         "7:22: upstreams.kira.circuit_breaker: open 10m is longer than max_open 5m"},
        {"boolean", with_upstream("circuit_breaker: {enabled: yes}"),
         "7:32: upstreams.kira.circuit_breaker.enabled: expected true or false, got \"yes\""},
        {"no connections", with_upstream("pool: {max_connections: 0}"),
         "7:29: upstreams.kira.pool.max_connections: expected a whole number from 1 to 100000, got "
         "\"0\""},
    });
}

TEST(Problems, Routes) {
    expect_problems({
        {"none", replaced(minimal(), "\n  - name: kira\n    upstream: kira", " []"),
         "7:9: routes: needs at least one entry"},
        {"no name", replaced(minimal(), "name: kira\n    ", ""),
         "8:5: routes[0].name: is required"},
        {"bad name", replaced(minimal(), "name: kira", "name: 'a b'"),
         "8:11: routes[0].name: expected a name of 1 to 64 characters A-Z a-z 0-9 _ . -, got the "
         "text \"a b\""},
        {"no upstream", replaced(minimal(), "    upstream: kira\n", ""),
         "8:5: routes[0].upstream: is required"},
        {"unknown upstream", replaced(minimal(), "upstream: kira", "upstream: kria"),
         "9:15: routes[0].upstream: unknown upstream \"kria\"; did you mean \"kira\"? known: kira"},
        {"prefix without slash", with_route("match: {path_prefix: kira}"),
         "10:26: routes[0].match.path_prefix: expected a path that begins with \"/\", of visible "
         "ASCII characters without query, fragment or dot segments, got \"kira\""},
        {"unknown method", with_route("match: {methods: [GET, get]}"),
         "10:28: routes[0].match.methods[1]: expected one of GET, HEAD, POST, PUT, PATCH, DELETE, "
         "OPTIONS, TRACE, got \"get\"; did you mean \"GET\"?"},
        {"methods no list", with_route("match: {methods: GET}"),
         "10:22: routes[0].match.methods: expected a list, got \"GET\""},
        {"host with port", with_route("match: {host: 'a:80'}"),
         "10:19: routes[0].match.host: expected a host name or literal address, without scheme and "
         "port, got the text \"a:80\""},
        {"header name", with_route("match: {headers: {'x y': a}}"),
         "10:23: routes[0].match.headers.x y: not the name of a header: letters, digits and "
         "!#$%&'*+-.^_`|~ only"},
        {"strip inside a segment",
         with_route("match: {path_prefix: /kira/}\n    strip_prefix: /kir"),
         "11:19: routes[0].strip_prefix: must be a part of match.path_prefix that ends at a \"/\""},
        {"strip more than the prefix",
         with_route("match: {path_prefix: /a}\n    strip_prefix: /a/b"),
         "11:19: routes[0].strip_prefix: must be a part of match.path_prefix that ends at a \"/\""},
        {"timeouts", with_route("timeouts: {connect: 11s}"),
         "10:15: routes[0].timeouts: connect 11s is longer than attempt 10s; needed: connect <= "
         "attempt <= total"},
        {"timeouts against a default", with_route("timeouts: {attempt: 1m}"),
         "10:15: routes[0].timeouts: attempt 1m is longer than total 30s; needed: connect <= "
         "attempt "
         "<= total"},
        {"backoff", with_route("retry: {backoff: {base: 3s}}"),
         "10:22: routes[0].retry.backoff: base 3s is longer than max 2s"},
        {"attempts", with_route("retry: {attempts: 0}"),
         "10:23: routes[0].retry.attempts: expected a whole number from 1 to 10, got \"0\""},
        {"word", with_route("errors: {status: upstraem}"),
         "10:22: routes[0].errors.status: expected one of canonical, upstream, got \"upstraem\"; "
         "did "
         "you mean \"upstream\"?"},
    });
}

TEST(Problems, Headers) {
    const auto setting = [](const std::string& field) {
        return with_route("headers: {request: {set: {" + field + "}}}");
    };
    const std::string path = "10:31: routes[0].headers.request.set.";
    const std::string reserved =
        ": this header belongs to the gateway and cannot be set or removed";
    expect_problems({
        {"Host", setting("host: a"), path + "host" + reserved},
        {"framing", setting("Content-Length: 1"), path + "Content-Length" + reserved},
        {"hop-by-hop", setting("connection: x"), path + "connection" + reserved},
        {"request id", setting("X-Request-ID: x"), path + "X-Request-ID" + reserved},
        {"ours", setting("Errgate-Code: x"), path + "Errgate-Code" + reserved},
        {"no token", setting("'a:b': x"),
         path + "a:b: not the name of a header: letters, digits and !#$%&'*+-.^_`|~ only"},
        {"twice", setting("A: 1, a: 2"),
         "10:37: routes[0].headers.request.set.a: set twice: names of headers ignore case"},
        {"no value", setting("A: "), "10:30: routes[0].headers.request.set.A: is required"},
        {"line break", setting("A: \"s3cret\\r\\nB: c\""),
         "10:34: routes[0].headers.request.set.A: expected visible ASCII characters without line "
         "breaks and outer spaces, got another text"},
        {"outer space", setting("A: 'Bearer '"),
         "10:34: routes[0].headers.request.set.A: expected visible ASCII characters without line "
         "breaks and outer spaces, got another text"},
        {"remove", with_route("headers: {response: {remove: [Server, Transfer-Encoding]}}"),
         "10:43: routes[0].headers.response.remove[1]" + reserved},
        {"set and removed", with_route("headers: {request: {set: {A: x}, remove: [a]}}"),
         "10:47: routes[0].headers.request.remove[0]: set and removed at once"},
        {"direction", with_route("headers: {requests: {}}"),
         "10:15: routes[0].headers.requests: unknown key; did you mean \"request\"? allowed: "
         "request, response"},
    });
}

std::string two_routes(const std::string& first, const std::string& second) {
    return replaced(minimal(), "  - name: kira\n    upstream: kira\n",
                    "  - {name: one, upstream: kira, match: " + first + "}\n" +
                        "  - {name: two, upstream: kira, match: " + second + "}\n");
}

TEST(Problems, RoutesThatAreNeverUsed) {
    const std::string shadowed =
        "9:40: routes[1].match: never used: routes[0] (one) matches all that routes[1] (two) does "
        "and stands before it";
    expect_problems({
        {"the same", two_routes("{path_prefix: /a}", "{path_prefix: /a}"), shadowed},
        {"hosts ignore case", two_routes("{host: A}", "{host: a}"), shadowed},
        {"fewer methods", two_routes("{methods: [GET, PUT]}", "{methods: [PUT]}"), shadowed},
        {"headers in any order", two_routes("{headers: {a: x, b: y}}", "{headers: {B: y, A: x}}"),
         shadowed},
    });
}

TEST(Problems, RoutesThatDifferAreFine) {
    for (const auto& [first, second] : std::vector<std::pair<std::string, std::string>>{
             {"{path_prefix: /a}", "{path_prefix: /a/}"},
             {"{}", "{methods: [GET]}"},
             {"{methods: [GET]}", "{methods: [GET, PUT]}"},
             {"{headers: {a: x}}", "{headers: {a: y}}"},
             {"{host: a}", "{host: b}"},
             {"{methods: [GET]}", "{host: a}"}}) {
        EXPECT_THAT(problems_of(two_routes(first, second)), ElementsAre())
            << first << " " << second;
    }
}

TEST(Problems, RouteNamesAreUnique) {
    const std::string text =
        replaced(two_routes("{path_prefix: /a}", "{path_prefix: /b}"), "two", "one");
    EXPECT_THAT(problems_of(text),
                ElementsAre("f:9:12: routes[1].name: the same name as routes[0]"));
}

TEST(Problems, DefaultsAreBlamedOnceAndWhereTheyStand) {
    const std::string text = two_routes("{path_prefix: /a}", "{path_prefix: /b}") +
                             "defaults: {timeouts: {attempt: 1m}, retry: {attempts: many}}\n";
    EXPECT_THAT(
        problems_of(text),
        ElementsAre("f:11:22: defaults.timeouts: attempt 1m is longer than total 30s; needed: "
                    "connect <= attempt <= total",
                    "f:11:55: defaults.retry.attempts: expected a whole number from 1 to 10, "
                    "got \"many\""));
}

TEST(Problems, HealthChecks) {
    expect_problems({
        {"no path", with_upstream("health_check: {timeout: 1s}"),
         "7:19: upstreams.kira.health_check.path: is required"},
        {"relative path", with_upstream("health_check: {path: up}"),
         "7:26: upstreams.kira.health_check.path: expected a path that begins with \"/\", of "
         "visible ASCII characters without query, fragment or dot segments, got \"up\""},
        {"interim status", with_upstream("health_check: {path: /up, statuses: [100]}"),
         "7:42: upstreams.kira.health_check.statuses[0]: expected a whole number from 200 to 599, "
         "got \"100\""},
        {"no breaker",
         with_upstream("health_check: {path: /up}\n    circuit_breaker: {enabled: false}"),
         "7:19: upstreams.kira.health_check: has no effect while circuit_breaker.enabled is false: "
         "it decides when an open breaker closes"},
        {"a streak longer than is counted",
         with_upstream("circuit_breaker: {consecutive_failures: 256}"),
         "7:45: upstreams.kira.circuit_breaker.consecutive_failures: expected a whole number from "
         "1 to 255, got \"256\""},
    });
}

TEST(Problems, WhatTheGrammarKnowsAndTheGatewayDoesNot) {
    const std::string url = "5:10: upstreams.kira.url: ";
    expect_problems({
        {"log format", minimal("access_log: {format: text}"),
         "10:14: access_log.format: format other than json is not supported yet"},
    });
}

TEST(Problems, RepeatingADefaultIsNoUse) {
    for (const std::string& text : {with_upstream("tls: "), minimal("access_log: {format: json}"),
                                    minimal("admin: {allow_remote: false, public_metrics: false}"),
                                    minimal("drain: {grace: 0s}")}) {
        EXPECT_THAT(problems_of(text), ElementsAre()) << text;
    }
}

TEST(Problems, TwelveMistakesAreTwelveProblems) {
    const std::string text =
        "version: 2\n"
        "listen: [{adress: 127.0.0.1:80}]\n"
        "threads: x\n"
        "limits: {headers: 0}\n"
        "client: {body_timeout: 30}\n"
        "upstreams:\n"
        "  kira: {url: ftp://a, dialect: kira}\n"
        "  kiota: {url: http://a, dialect: nope, pool: []}\n"
        "routes:\n"
        "  - {name: a, upstream: kria, match: {path_prefix: a}}\n"
        "  - {name: b, upstream: kira, timeouts: {connect: 20s}, headers: {request: {set: {Host: "
        "x}}}}\n";
    std::vector<int> lines;
    for (const Problem& problem : load_text(text, "f", environment()).problems)
        lines.push_back(problem.mark.line);
    EXPECT_THAT(lines, ElementsAre(1, 2, 3, 4, 5, 7, 8, 8, 10, 10, 11, 11));
}

}  // namespace
}  // namespace errgate::config
