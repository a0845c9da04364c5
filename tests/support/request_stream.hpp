// Random request streams, sound and damaged, the same ones from the same seed.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace errgate::test {

class RequestStream {
  public:
    explicit RequestStream(std::uint32_t seed) : random_(seed) {}

    // One to four pipelined requests of all framings, whose bodies look like requests themselves.
    std::string sound();
    // The same with one to three changes: bytes, pieces moved about, and what smugglers write.
    std::string damaged();

    std::size_t pick(std::size_t below) { return random_() % below; }

  private:
    std::string request(std::size_t number);
    std::string body(std::size_t number);
    std::string chunks(std::string_view body);
    void damage(std::string& text);

    std::mt19937 random_;
};

}  // namespace errgate::test
