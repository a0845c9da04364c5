// What a scripted provider does with one request: a list of steps, down to the single byte.
#pragma once

#include "support/socket.hpp"
#include "support/strict_http.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::test {

// Steps to take once a request is there (or, after on_accept, once a connection is).
class Script {
  public:
    // A whole response with Content-Length, unless the fields frame it themselves.
    Script& reply(int status, Fields fields = {}, std::string body = {});
    Script& send(std::string raw);
    // Byte by byte, each its own write.
    Script& drip(std::string raw, std::chrono::milliseconds pause = {});
    Script& send_pattern(std::uint64_t size);                            // pattern() as body bytes
    Script& send_pattern_chunks(std::uint64_t size, std::size_t chunk);  // and the last chunk
    Script& send_forever(std::string piece);  // until the gateway hangs up
    Script& read(std::size_t bytes);          // at least so many of a body that goes on
    Script& read_slowly(std::chrono::milliseconds pause);  // a little at a time, until the end
    Script& echo();  // gives back what comes, until the gateway ends its direction
    Script& wait(const Gate& gate);
    Script& open(Gate& gate);  // says that all steps before are done
    Script& finish_writing();
    Script& cut_off();  // ends our direction without a word of TLS
    Script& close();
    Script& reset();
    Script& stay_silent();  // until the gateway hangs up
    // The steps run as soon as the head is there; the body is read afterwards, if at all.
    Script& before_body();
    Script& after_body();  // the steps from here on run when the body is there

    // The upstream's side of it.
    explicit Script(std::string_view method = {}, std::string_view target = {});
    bool takes(std::string_view method, std::string_view target) const;
    bool runs_before_body() const { return before_body_; }
    std::string name() const { return method_ + " " + target_; }
    bool run(Socket& socket, std::string_view method) const;  // false: the connection is over
    bool run_after_body(Socket& socket, std::string_view method) const;

  private:
    // False: the connection is over.
    using Step = std::function<bool(Socket&, std::string_view method)>;
    Script& add(Step step);

    std::vector<Step> steps_, steps_after_body_;
    std::string method_, target_;  // empty: any
    bool before_body_ = false, after_body_ = false;
};

// The bytes of a response as Script::reply sends them.
std::string format_response(int status, const Fields& fields, std::string_view body,
                            std::string_view request_method = "GET");

}  // namespace errgate::test
