// One recorded answer of a provider, as a line of JSON: what `errgate explain --jsonl` reads.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errgate::cli {

struct Recording {
    nlohmann::ordered_json id;  // copied to the result as it is; null when there is none
    std::string dialect;        // empty: the line names none
    std::string method = "POST";
    std::string path = "/";
    std::optional<bool> replay_safe;  // absent: by method
    int status = 0;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;  // bytes
};

// Reads `{id, dialect, request: {method, path, replay_safe}, status, headers, body,
// body_encoding}`; `provider` is taken for `dialect` where that is missing. `headers` is a map of a
// string or a list of strings. `body_encoding`: utf-8 (default), base64 for raw bytes, latin-1.
// Members it does not know are left alone. No value: `error` says why, without the line's number.
std::optional<Recording> parse_recording(std::string_view line, std::string& error);

// RFC 4648 section 4, padding optional; anything else is no base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace errgate::cli
