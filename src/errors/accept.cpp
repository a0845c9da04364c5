// Content negotiation between the two formats of the envelope.
#include "base/ascii.hpp"
#include "errors/envelope.hpp"

#include <algorithm>
#include <optional>

namespace errgate::errors {

namespace {

constexpr std::string_view kProblem = "application/problem+json";

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Cuts the part before the next `separator` that stands outside a quoted string off the front.
std::string_view cut(std::string_view& text, char separator) {
    bool quoted = false;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        if (text[i] == '\\' && quoted) {
            ++i;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (text[i] == separator && !quoted) {
            break;
        }
    }
    const std::string_view part = text.substr(0, i);
    text.remove_prefix(std::min(i + 1, text.size()));
    return trim(part);
}

// RFC 9110 12.4.2 in thousandths. One that is no qvalue counts as absent, which is 1.
int quality(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 1000;
    if (text.size() > 1 && text[1] != '.') return 1000;
    int value = (text[0] - '0') * 1000;
    int scale = 100;
    for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (!base::is_digit(digit)) return 1000;
        value += (digit - '0') * scale;
        scale /= 10;
    }
    return std::min(value, 1000);
}

int quality_of(std::string_view parameters) {
    while (!parameters.empty()) {
        const std::string_view parameter = cut(parameters, ';');
        if (parameter.size() >= 2 && base::to_lower(parameter[0]) == 'q' && parameter[1] == '=') {
            return quality(parameter.substr(2));
        }
    }
    return 1000;
}

// What an Accept value gives the two types; absent where it does not name them.
struct Weights {
    std::optional<int> json;
    std::optional<int> any_application;
    std::optional<int> anything;
    std::optional<int> problem;

    // The most specific range that matches decides (RFC 9110 12.5.1).
    int of_json() const { return json.value_or(any_application.value_or(anything.value_or(0))); }
};

void raise_to(std::optional<int>& weight, int value) {
    weight = std::max(weight.value_or(0), value);
}

Weights read_accept(std::string_view accept) {
    using base::equals_ignoring_case;
    Weights weights;
    while (!accept.empty()) {
        std::string_view rest = cut(accept, ',');
        const std::string_view range = cut(rest, ';');
        const int value = quality_of(rest);
        if (equals_ignoring_case(range, kProblem)) {
            raise_to(weights.problem, value);
        } else if (equals_ignoring_case(range, "application/json")) {
            raise_to(weights.json, value);
        } else if (equals_ignoring_case(range, "application/*")) {
            raise_to(weights.any_application, value);
        } else if (range == "*/*") {
            raise_to(weights.anything, value);
        }
    }
    return weights;
}

}  // namespace

EnvelopeFormat choose_format(std::string_view accept) {
    if (accept.size() < kProblem.size()) return EnvelopeFormat::json;  // "*/*": not worth reading
    const Weights weights = read_accept(accept);
    const bool prefers_problem = weights.problem && *weights.problem > weights.of_json();
    return prefers_problem ? EnvelopeFormat::problem_json : EnvelopeFormat::json;
}

}  // namespace errgate::errors
