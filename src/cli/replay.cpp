#include "cli/replay.hpp"

#include "cli/explanation.hpp"
#include "cli/recording.hpp"

#include <fstream>
#include <istream>
#include <ostream>

namespace errgate::cli {
namespace {

using Json = nlohmann::ordered_json;

// An empty name in a trace means that nothing matched.
Json name_or_null(const std::string& name) {
    return name.empty() ? Json() : Json(name);
}

Json result_of(const Recording& recording, const Explanation& result) {
    return {{"id", recording.id},
            {"is_error", result.classification.is_error},
            {"format", name_or_null(result.trace.format)},
            {"rule", name_or_null(result.trace.rule)},
            {"envelope", result.envelope}};
}

// The result of one line; null: `error` says why there is none.
Json replay_line(const std::string& line, const std::string& default_dialect,
                 const config::DialectSet& dialects, std::string& error) {
    const auto recording = parse_recording(line, error);
    if (!recording) return {};
    const std::string& name = recording->dialect.empty() ? default_dialect : recording->dialect;
    const auto found = dialects.find(name);
    if (found == dialects.end()) {
        error = name.empty() ? "\"dialect\" is missing" : unknown_dialect(name, dialects);
        return {};
    }
    return result_of(*recording, explain_answer(*found->second.dialect, name, *recording));
}

int replay_stream(std::istream& in, const std::string& default_dialect,
                  const config::DialectSet& dialects, const Io& io) {
    int exit_code = kFine;
    std::size_t number = 0;
    std::string error;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        const Json result = replay_line(line, default_dialect, dialects, error);
        if (result.is_null()) {
            io.err << "errgate: line " << number << ": " << error << '\n';
            exit_code = kInvalidConfiguration;
            continue;
        }
        io.out << result.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    }
    return exit_code;
}

}  // namespace

std::string unknown_dialect(const std::string& name, const config::DialectSet& dialects) {
    std::string known;
    for (const auto& [known_name, dialect] : dialects) {
        known += (known.empty() ? "" : ", ") + known_name;
    }
    return "there is no dialect \"" + name + "\"; there are: " + (known.empty() ? "none" : known);
}

int replay_recordings(const std::string& file, const std::string& default_dialect,
                      const config::DialectSet& dialects, const Io& io) {
    if (file == "-") return replay_stream(io.in, default_dialect, dialects, io);
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        io.err << "errgate: cannot read " << file << '\n';
        return kInvalidConfiguration;
    }
    return replay_stream(in, default_dialect, dialects, io);
}

}  // namespace errgate::cli
