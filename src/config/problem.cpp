#include "config/document.hpp"

#include <algorithm>
#include <array>

namespace errgate::config {
namespace {

constexpr std::size_t kMaxNameLength = 64;  // longer texts are no misspelt keys

// Lower case, '-' as '_': the differences that never count as edits.
std::string folded(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-') c = '_';
    }
    return out;
}

// Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::array<std::array<std::size_t, kMaxNameLength + 1>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j)
        rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i - 1) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
            }
        }
    }
    return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string to_string(const Problem& problem) {
    std::string out = problem.file;
    if (problem.mark.line > 0) {
        out += ":" + std::to_string(problem.mark.line);
        if (problem.mark.column > 0) out += ":" + std::to_string(problem.mark.column);
    }
    if (!out.empty()) out += ": ";
    if (!problem.path.empty()) out += problem.path + ": ";
    return out + problem.message;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& allowed) {
    if (text.size() > kMaxNameLength) return "";
    const std::string wanted = folded(text);
    std::string_view best;
    std::size_t best_distance = 3;
    for (const std::string_view candidate : allowed) {
        if (candidate.size() > kMaxNameLength) continue;
        const std::size_t distance = edit_distance(wanted, folded(candidate));
        // Half of a short word wrong is another word.
        if (distance < best_distance && distance * 2 <= candidate.size()) {
            best = candidate;
            best_distance = distance;
        }
    }
    return std::string(best);
}

}  // namespace errgate::config
