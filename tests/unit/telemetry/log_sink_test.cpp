// LogSink: order, rotation, and targets that stall, fill up or go away.
#include "telemetry/log_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace errgate::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Far beyond what any of these tests needs: a bound that is never reached.
constexpr auto kAmple = 60s;

std::string read_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

struct LogSinkTest : testing::Test {
    LogSinkTest() : directory(testing::TempDir() + "errgate_log_sink_" + std::to_string(getpid())) {
        std::filesystem::create_directories(directory);
        path = directory + "/access.log";
    }
    ~LogSinkTest() override { std::filesystem::remove_all(directory); }

    std::unique_ptr<LogSink> open(const std::string& where,
                                  std::size_t queue = LogSink::kDefaultQueue) {
        std::string error;
        auto sink = LogSink::open(where, error, queue);
        EXPECT_EQ(error, "");
        return sink;
    }
    static bool submit(LogSink& sink, std::string text) { return sink.submit(text); }

    std::string directory, path;
};

// Stands in for a terminal or a log collector behind stdout.
class StdoutPipe {
  public:
    StdoutPipe() {
        std::fflush(stdout);
        saved_ = ::dup(STDOUT_FILENO);
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        reader = ends[0];
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[1]);
    }
    ~StdoutPipe() {
        restore();
        close_reader();
    }
    void restore() {
        if (saved_ < 0) return;
        ::dup2(saved_, STDOUT_FILENO);
        ::close(saved_);
        saved_ = -1;
    }
    void close_reader() {
        if (reader >= 0) ::close(reader);
        reader = -1;
    }
    std::string read_all() const {
        std::string text;
        char block[4096];
        for (ssize_t n; (n = ::read(reader, block, sizeof block)) > 0;) {
            text.append(block, static_cast<std::size_t>(n));
        }
        return text;
    }
    int reader = -1;

  private:
    int saved_ = -1;
};

TEST_F(LogSinkTest, WritesInOrder) {
    auto sink = open(path);
    EXPECT_TRUE(submit(*sink, "one\ntwo\n"));
    EXPECT_TRUE(submit(*sink, "three\n"));
    sink->stop(kAmple);
    EXPECT_EQ(read_file(path), "one\ntwo\nthree\n");
    EXPECT_EQ(sink->dropped_lines(), 0U);
}

TEST_F(LogSinkTest, AppendsToWhatIsThere) {
    std::ofstream(path) << "before\n";
    auto sink = open(path);
    submit(*sink, "after\n");
    sink->stop(kAmple);
    EXPECT_EQ(read_file(path), "before\nafter\n");
}

TEST_F(LogSinkTest, GivesAnEmptyBufferBack) {
    auto sink = open(path);
    std::string buffer = "line\n";
    sink->submit(buffer);
    EXPECT_EQ(buffer, "");
}

TEST_F(LogSinkTest, GivesUsedBuffersBackForTheSteadyState) {
    auto sink = open(path, 1);
    std::string buffer;
    // Three buffers circulate: this one, the queue's and the writer's.
    for (int taken = 0; taken < 4;) {
        buffer.assign(1000, 'x');
        if (sink->submit(buffer)) ++taken;
    }
    EXPECT_GE(buffer.capacity(), 1000U);
}

TEST_F(LogSinkTest, MakesAFileThatOthersCannotRead) {
    const auto before = ::umask(0);
    open(path)->stop(kAmple);
    ::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0640U);
}

TEST_F(LogSinkTest, SaysWhyItCannotOpen) {
    std::string error;
    EXPECT_EQ(LogSink::open(directory + "/missing/access.log", error), nullptr);
    EXPECT_EQ(error, "cannot open access log " + directory +
                         "/missing/access.log: No such file or directory");
}

TEST_F(LogSinkTest, LosesWhatComesAfterTheStop) {
    auto sink = open(path);
    sink->stop(kAmple);
    EXPECT_FALSE(submit(*sink, "late\nlater\n"));
    EXPECT_EQ(sink->dropped_lines(), 2U);
}

TEST_F(LogSinkTest, StopsTwice) {
    auto sink = open(path);
    sink->stop(kAmple);
    sink->stop(kAmple);
    EXPECT_FALSE(submit(*sink, "late\n"));
}

TEST_F(LogSinkTest, TakesLinesFromManyThreads) {
    constexpr int kThreads = 4;
    constexpr int kBuffers = 200;
    auto sink = open(path, kThreads * kBuffers);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&sink, t] {
            for (int i = 0; i < kBuffers; ++i) {
                submit(*sink, std::to_string(t) + " " + std::to_string(i) + "\n");
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    sink->stop(kAmple);
    std::istringstream text(read_file(path));
    std::map<int, int> next;  // line a thread has to come with
    for (int thread, line; text >> thread >> line;)
        EXPECT_EQ(line, next[thread]++);
    for (int t = 0; t < kThreads; ++t)
        EXPECT_EQ(next[t], kBuffers);
}

TEST_F(LogSinkTest, ReopensForRotation) {
    auto sink = open(path);
    submit(*sink, "old\n");
    std::filesystem::rename(path, path + ".1");
    sink->reopen();
    submit(*sink, "new\n");
    sink->stop(kAmple);
    EXPECT_EQ(read_file(path + ".1") + read_file(path), "old\nnew\n");
    EXPECT_THAT(read_file(path), HasSubstr("new\n"));
}

TEST_F(LogSinkTest, KeepsTheOldFileWhenItCannotReopen) {
    auto sink = open(path);
    const int held = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    std::filesystem::remove_all(directory);
    sink->reopen();
    submit(*sink, "kept\n");
    sink->stop(kAmple);
    char block[16] = {};
    EXPECT_EQ(::read(held, block, sizeof block), 5);
    EXPECT_STREQ(block, "kept\n");
    EXPECT_EQ(sink->write_errors(), 1U);
    ::close(held);
}

TEST_F(LogSinkTest, CountsLinesThatAFullDiskRefuses) {
    auto sink = open("/dev/full");
    submit(*sink, "one\ntwo\n");
    testing::internal::CaptureStderr();
    sink->stop(kAmple);
    EXPECT_EQ(sink->dropped_lines(), 2U);
    EXPECT_EQ(sink->write_errors(), 1U);
    testing::internal::GetCapturedStderr();
}

TEST_F(LogSinkTest, ReportsLossesOnceAMinuteAndAtTheEnd) {
    testing::internal::CaptureStderr();
    auto sink = open("/dev/full");
    for (int i = 0; i < 50; ++i)
        submit(*sink, "line\n");
    sink->stop(kAmple);
    std::istringstream text(testing::internal::GetCapturedStderr());
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(line);
    ASSERT_FALSE(lines.empty());
    EXPECT_LE(lines.size(), 2U);  // the first loss, and the rest at the end
    EXPECT_THAT(lines.front(), HasSubstr("lines lost: No space left on device"));
}

TEST_F(LogSinkTest, WritesToStdout) {
    StdoutPipe pipe;
    auto sink = open("-");
    submit(*sink, "line\n");
    sink->stop(kAmple);
    sink.reset();
    pipe.restore();
    EXPECT_EQ(pipe.read_all(), "line\n");
}

TEST_F(LogSinkTest, LeavesStdoutBlockingForItsOtherUsers) {
    StdoutPipe pipe;
    auto sink = open("-");
    const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
    sink.reset();
    pipe.restore();
    EXPECT_EQ(flags & O_NONBLOCK, 0);
}

TEST_F(LogSinkTest, SurvivesAClosedPipe) {
    testing::internal::CaptureStderr();
    StdoutPipe pipe;
    auto sink = open("-");
    pipe.close_reader();
    submit(*sink, "line\n");
    sink->stop(kAmple);
    pipe.restore();
    EXPECT_EQ(sink->dropped_lines(), 1U);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("1 lines lost: Broken pipe"));
}

TEST_F(LogSinkTest, NeitherStallsNorHangsWhenTheReaderStopsReading) {
    testing::internal::CaptureStderr();
    StdoutPipe pipe;
    auto sink = open("-", 4);
    std::string block;
    while (block.size() < 200'000)
        block += "a line of the log\n";  // more than a pipe holds
    bool refused = false;
    for (int i = 0; i < 10; ++i)
        refused |= !submit(*sink, block);
    EXPECT_TRUE(refused);
    sink->stop(0ms);
    pipe.restore();
    testing::internal::GetCapturedStderr();
    const std::string seen = pipe.read_all();
    const auto written = static_cast<std::uint64_t>(std::ranges::count(seen, '\n'));
    const auto sent = 10 * static_cast<std::uint64_t>(std::ranges::count(block, '\n'));
    EXPECT_EQ(written + sink->dropped_lines(), sent);
}

// A pipe that is read late gets every byte, in pieces.
TEST_F(LogSinkTest, WaitsForASlowReader) {
    StdoutPipe pipe;
    auto sink = open("-");
    std::string block;
    for (int i = 0; block.size() < 200'000; ++i)
        block += std::to_string(i) + "\n";
    submit(*sink, block);
    std::string seen;
    std::thread reader([&] { seen = pipe.read_all(); });
    sink->stop(kAmple);
    sink.reset();
    pipe.restore();
    reader.join();
    EXPECT_EQ(seen, block);
}

}  // namespace
}  // namespace errgate::telemetry
