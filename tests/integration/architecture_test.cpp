// The rules of the layout, checked against the source text: who may include whom, what a layer may
// know, how a file begins and how long it may be.
#include "support/source_path.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace errgate::test {
namespace {

struct SourceFile {
    std::string path;   // below src/, "http/head.hpp"
    std::string layer;  // "http"; empty for main.cpp
    std::vector<std::string> lines;
};

std::vector<SourceFile> read_sources(const std::string& folder) {
    const std::filesystem::path root = source_path(folder);
    std::vector<SourceFile> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        const std::string extension = entry.path().extension();
        if (extension != ".cpp" && extension != ".hpp") continue;
        SourceFile& file = files.emplace_back();
        file.path = std::filesystem::relative(entry.path(), root);
        if (file.path.find('/') != std::string::npos)
            file.layer = file.path.substr(0, file.path.find('/'));
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);)
            file.lines.push_back(line);
    }
    return files;
}

const std::vector<SourceFile>& sources() {
    static const std::vector<SourceFile> kFiles = read_sources("src");
    return kFiles;
}

// Every layer with all layers it may include.
const std::map<std::string, std::set<std::string>>& allowed() {
    static const std::map<std::string, std::set<std::string>> kAllowed = [] {
        const std::vector<std::pair<std::string, std::set<std::string>>> above = {
            {"base", {}},
            {"http", {"base"}},
            {"errors", {"base"}},
            {"mapping", {"http", "errors"}},
            {"policy", {"mapping", "http", "errors"}},
            {"tls", {}},
            {"config", {"policy", "mapping", "tls"}},
            {"telemetry", {"policy", "errors"}},
            {"proxy", {"config", "telemetry"}},
            {"admin", {"config", "telemetry"}},
            {"sim", {"http"}},
            {"app", {"proxy", "admin", "sim"}},
            {"cli", {"app"}},
        };
        std::map<std::string, std::set<std::string>> closed;
        for (const auto& [layer, direct] : above) {
            std::set<std::string>& all = closed[layer];
            all = {layer};
            for (const std::string& below : direct)
                all.insert(closed[below].begin(), closed[below].end());
        }
        return closed;
    }();
    return kAllowed;
}

// Calls `visit(file, included)` for every #include line; quotes or angle brackets stay on.
template <class Visit>
void for_each_include(Visit visit) {
    static const RE2 kInclude(R"re(^\s*#\s*include\s+(["<][^">]+[">]))re");
    for (const SourceFile& file : sources())
        for (const std::string& line : file.lines)
            if (std::string included; RE2::PartialMatch(line, kInclude, &included))
                visit(file, included);
}

bool is_one_of(const std::string& layer, const std::set<std::string>& layers) {
    return layers.contains(layer);
}

const std::set<std::string> kPureLayers = {"base",   "http",   "errors",    "mapping",
                                           "policy", "config", "telemetry", "tls"};

TEST(Architecture, FindsTheSources) {
    EXPECT_GT(sources().size(), 50u);
}

TEST(Architecture, EveryFolderIsALayerWithRules) {
    for (const SourceFile& file : sources())
        EXPECT_TRUE(file.layer.empty() || allowed().contains(file.layer)) << file.path;
}

TEST(Architecture, LayersIncludeOnlyWhatLiesBelowThem) {
    for_each_include([](const SourceFile& file, const std::string& included) {
        const std::size_t slash = included.find('/');
        if (included[0] != '"' || file.layer.empty() || slash == std::string::npos) return;
        const std::string below = included.substr(1, slash - 1);
        EXPECT_TRUE(is_one_of(below, allowed().at(file.layer)))
            << file.path << " includes " << included;
    });
}

TEST(Architecture, ProjectIncludesNameTheirLayer) {
    for_each_include([](const SourceFile& file, const std::string& included) {
        if (included[0] != '"') return;
        EXPECT_TRUE(allowed().contains(included.substr(1, included.find('/') - 1)))
            << file.path << " includes " << included;
    });
}

TEST(Architecture, NothingBelowTheProxyKnowsAsio) {
    for_each_include([](const SourceFile& file, const std::string& included) {
        if (!is_one_of(file.layer, kPureLayers)) return;
        EXPECT_FALSE(included.starts_with("<boost/asio")) << file.path;
    });
}

TEST(Architecture, OnlyNetSpellsAsioInsideTheProxy) {
    for_each_include([](const SourceFile& file, const std::string& included) {
        if (file.layer != "proxy" || !included.starts_with("<boost/asio")) return;
        EXPECT_TRUE(file.path == "proxy/net.hpp" || file.path == "proxy/asio_impl.cpp")
            << file.path;
    });
}

TEST(Architecture, PolicyHasNoJsonClockRandomnessOrThreads) {
    const RE2 forbidden(
        R"(<nlohmann|<random>|<thread>|_clock::now|gettimeofday|std::mutex|sleep_for|\brand\()");
    for (const SourceFile& file : sources()) {
        if (file.layer != "policy") continue;
        for (const std::string& line : file.lines)
            EXPECT_FALSE(RE2::PartialMatch(line, forbidden)) << file.path << ": " << line;
    }
}

// It may jump: no deadline, wait or window may hang on it. Those who tell people the time, and
// those who read a date that somebody else wrote, are these.
TEST(Architecture, OnlyAFewLookAtTheWallClock) {
    const RE2 look(
        R"(WallClock::now|coarse_wall_time|system_clock::now|std::time\(|gettimeofday|CLOCK_REALTIME)");
    const std::set<std::string> allowed_files = {
        "base/time.hpp",             // coarse_wall_time(), whose callers are looked for too
        "app/gateway.cpp",           // when the configuration was read
        "app/gateway_reload.cpp",    // the same
        "cli/explanation.cpp",       // Retry-After as a date
        "config/load.cpp",           // is a certificate valid today?
        "proxy/attempt.cpp",         // Retry-After as a date
        "proxy/exchange_state.cpp",  // `ts` of the log, request ids
        "proxy/worker.hpp",          // Date
    };
    for (const SourceFile& file : sources()) {
        for (const std::string& line : file.lines) {
            if (RE2::PartialMatch(line, look)) {
                EXPECT_TRUE(allowed_files.contains(file.path)) << file.path << ": " << line;
            }
        }
    }
}

TEST(Architecture, JsonTextIsTouchedOnlyAtTheEdges) {
    const std::set<std::string> edges = {"config", "mapping", "errors", "admin",
                                         "sim",    "app",     "cli"};
    for_each_include([&](const SourceFile& file, const std::string& included) {
        if (!included.starts_with("<nlohmann")) return;
        EXPECT_TRUE(is_one_of(file.layer, edges)) << file.path;
    });
}

TEST(Architecture, TheDataPathThrowsNothing) {
    const RE2 thrown(R"(\bthrow\s)");
    for (const SourceFile& file : sources()) {
        if (!is_one_of(file.layer, {"base", "http", "errors", "policy", "proxy"})) continue;
        for (const std::string& line : file.lines) {
            const std::string code = line.substr(0, line.find("//"));
            EXPECT_FALSE(RE2::PartialMatch(code, thrown)) << file.path << ": " << line;
        }
    }
}

TEST(Architecture, HeadersBeginWithTheirPurposeAndAGuard) {
    for (const SourceFile& file : sources()) {
        if (!file.path.ends_with(".hpp")) continue;
        ASSERT_FALSE(file.lines.empty()) << file.path;
        EXPECT_TRUE(file.lines[0].starts_with("// ")) << file.path;
        EXPECT_NE(std::find(file.lines.begin(), file.lines.end(), "#pragma once"), file.lines.end())
            << file.path;
    }
}

TEST(Architecture, FilesStaySmall) {
    for (const char* folder : {"src", "tests"})
        for (const SourceFile& file : read_sources(folder))
            EXPECT_LE(file.lines.size(), 600u) << folder << "/" << file.path;
}

// What RFC 9112 and RFC 9110 ask of a gateway: some test names each section.
TEST(Architecture, EveryRuleOfTheStandardsIsNamedByATest) {
    const std::map<std::string, std::vector<std::string>> sections = {
        {"RFC 9112",
         {"2.2", "2.3", "3", "3.2", "3.2.2", "5.1", "5.2", "6.1", "6.3", "7.1", "7.1.1", "7.1.2",
          "8", "9.2", "9.3", "9.6"}},
        {"RFC 9110",
         {"5.1", "5.3", "5.4", "5.5", "5.6.7", "6.6.1", "7.6", "7.6.1", "7.6.2", "7.6.3", "7.7",
          "7.8", "8.6", "9.2.2", "9.3.6", "10.1.1", "10.2.3", "15.2", "15.5.20"}}};
    std::string comments;
    for (const SourceFile& file : read_sources("tests"))
        for (const std::string& line : file.lines)
            if (line.starts_with("// ")) comments += line + "\n";
    for (const auto& [standard, numbers] : sections)
        for (const std::string& number : numbers) {
            const RE2 named(standard + " (?:[0-9., and]* )?" + RE2::QuoteMeta(number) +
                            R"((?:[^.0-9]|\.[^0-9]))");
            EXPECT_TRUE(RE2::PartialMatch(comments, named)) << standard << " " << number;
        }
}

TEST(Architecture, NothingIsLeftToDo) {
    const RE2 marker(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X)\\b");
    for (const char* folder : {"src", "tests"})
        for (const SourceFile& file : read_sources(folder))
            for (const std::string& line : file.lines)
                EXPECT_FALSE(RE2::PartialMatch(line, marker))
                    << folder << "/" << file.path << ": " << line;
}

TEST(Architecture, TestsDoNotSleep) {
    const RE2 sleeping(R"(sleep_for|sleep_until|\busleep\()");
    for (const SourceFile& file : read_sources("tests")) {
        // The one poll for a metric's value: scraping is the only way to learn of it.
        if (file.path == "support/gateway.cpp" || file.path == "integration/architecture_test.cpp")
            continue;
        for (const std::string& line : file.lines)
            EXPECT_FALSE(RE2::PartialMatch(line, sleeping)) << file.path << ": " << line;
    }
}

}  // namespace
}  // namespace errgate::test
