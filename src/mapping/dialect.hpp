// One provider's compiled description: how it reports failures, and what it does with keys.
#pragma once

#include "mapping/format.hpp"
#include "mapping/pointer.hpp"
#include "mapping/predicate.hpp"
#include "mapping/retry_hint.hpp"
#include "mapping/rules.hpp"
#include "mapping/wait.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errgate::mapping {

// What the provider does with an idempotency key.
struct Idempotency {
    // Which stored answers a repeated key gets back.
    enum class Replays : std::uint8_t {
        none,     // keys are not honoured: they make nothing replay-safe
        success,  // stored successes; a failed request is carried out again
        all,      // every stored answer, failures too
    };
    Globs paths;             // of the requests it goes for; none: all of them
    std::string header;      // name of the header, empty: none
    std::string body_field;  // RFC 6901 pointer into the request's JSON, empty: none
    Replays replays = Replays::none;
    std::vector<std::string> required_on;     // methods the provider refuses without a key
    std::optional<std::chrono::seconds> ttl;  // how long a key is remembered

    bool honoured() const {
        return replays != Replays::none && (!header.empty() || !body_field.empty());
    }
};

// A member of the body that must not be read any further.
struct BodyRedaction {
    Pointer pointer;
    bool drop = true;  // false: its text is replaced
};

// What a dialect is made of; plain, filled by whoever reads the mapping file.
struct DialectParts {
    std::string name;
    std::vector<Idempotency> idempotency;         // the first whose paths match
    std::vector<std::string> request_id_headers;  // before the usual ones
    std::vector<Predicate> detect;                // any of them; none: status 400 to 599
    std::vector<Format> formats;                  // the first whose `when` holds
    std::vector<Rule> rules;                      // the first that matches
    std::vector<RetryHint> retry_hints;
    std::vector<WaitSource> waits;
    std::vector<BodyRedaction> redactions;
};

// Immutable once made; shared by all threads.
class Dialect {
  public:
    explicit Dialect(DialectParts parts);

    const std::string& name() const { return parts_.name; }
    // What goes for a request to that path, as the upstream sees it.
    const Idempotency& idempotency(std::string_view path) const;
    const std::vector<std::string>& request_id_headers() const { return parts_.request_id_headers; }

    // For classify(): what the mapping says, in order.
    const std::vector<Predicate>& detect() const { return parts_.detect; }
    const std::vector<Format>& formats() const { return parts_.formats; }
    const RuleSet& rules() const { return rules_; }
    const std::vector<RetryHint>& retry_hints() const { return parts_.retry_hints; }
    const std::vector<WaitSource>& waits() const { return parts_.waits; }
    const std::vector<BodyRedaction>& redactions() const { return parts_.redactions; }

  private:
    DialectParts parts_;  // without its rules, which live in rules_
    RuleSet rules_;
};

}  // namespace errgate::mapping
