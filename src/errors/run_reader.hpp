// The run of characters that words of a text stand in, read once for all of them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace errgate::errors {

// Does a word look like it came from a generator? Error texts are full of words such as
// `client_secret_mismatch` or `Bearer authentication`, which must stay readable.
bool looks_random(std::string_view word);

// Runs of characters of one kind. Words ask from left to right; were each to read its run to the
// end, a text that is one run of short words would cost the square of its length.
class RunReader {
  public:
    using Kind = std::array<bool, 256>;

    // `kind` says which characters make a run, and must outlive this.
    RunReader(std::string_view text, const Kind& kind) : text_(text), kind_(&kind) {}

    // Where the run that text[at] belongs to ends; `at` when it belongs to none.
    std::size_t end(std::size_t at) {
        if (at < begin_ || at > end_) read(at);
        return end_;
    }
    // The same without the punctuation that ends a sentence.
    std::size_t end_of_words(std::size_t at);

    // looks_random() of a piece of the run asked for last.
    bool looks_random(std::size_t begin, std::size_t end) const;

    // What all of this has cost.
    std::size_t characters_read() const { return read_; }

  private:
    void read(std::size_t at);

    std::string_view text_;
    const Kind* kind_;
    std::size_t begin_ = 1;  // behind end_: no run yet
    std::size_t end_ = 0;
    std::size_t words_end_ = 0;
    std::size_t signs_end_ = 0;  // what begins before this has a digit or a capital inside
    std::size_t read_ = 0;
};

}  // namespace errgate::errors
