// Random damage to a good file: it loads or it is refused with reasons, and nothing else happens.
#include "routes_file.hpp"
#include "support/source_path.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

namespace errgate::config {
namespace {

std::string example() {
    std::ifstream in(test::source_path("config/errgate.yaml"));
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

class Damage {
  public:
    explicit Damage(std::string good) : good_(std::move(good)) {}

    std::string next() {
        std::string text = good_;
        for (std::size_t changes = 1 + pick(4); changes > 0; --changes)
            change(text);
        return text;
    }

  private:
    static constexpr std::string_view kBytes = "{}[]:,-&*!|>'\"%@`#?~ \n\t\\$09azAZ./\x01\x80\xFF";

    std::size_t pick(std::size_t below) { return random_() % below; }

    void change(std::string& text) {
        const std::size_t at = pick(text.size());
        const std::size_t length = pick(20);
        switch (pick(5)) {
            case 0:
                text[at] = kBytes[pick(kBytes.size())];
                break;
            case 1:
                text.erase(at, length);
                break;
            case 2:
                text.insert(at, 1, kBytes[pick(kBytes.size())]);
                break;
            case 3:  // a piece of the file in another place: valid words where they do not belong
                text.insert(at, good_.substr(pick(good_.size()), length));
                break;
            default:
                text.resize(std::max<std::size_t>(at, 1));
        }
    }

    std::string good_;
    std::mt19937 random_{7};  // the same damage on every run
};

TEST(Mutation, ADamagedFileLoadsOrIsRefusedWithReasons) {
    Damage damage(example());
    int refused = 0;
    for (int round = 0; round < 2000; ++round) {
        const std::string text = damage.next();
        const LoadResult result = load_text(text, "f", environment());
        ASSERT_EQ(result.snapshot == nullptr, !result.problems.empty()) << text;
        for (const Problem& problem : result.problems) {
            ASSERT_EQ(problem.file, "f");
            ASSERT_GE(problem.mark.line, 1) << to_string(problem) << "\n" << text;
            ASSERT_FALSE(problem.message.empty());
        }
        refused += result.snapshot == nullptr ? 1 : 0;
    }
    EXPECT_GT(refused, 500);
    EXPECT_LT(refused, 2000) << "comments can be damaged, so some files must still load";
}

}  // namespace
}  // namespace errgate::config
