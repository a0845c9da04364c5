// `errgate codes`: the catalogue of canonical error codes.
#include "errors/codes.hpp"

#include "cli/commands.hpp"
#include "cli/openapi.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <memory>
#include <ostream>

namespace errgate::cli {
namespace {

std::string_view yes_no(bool value) {
    return value ? "yes" : "no";
}

std::size_t longest_slug() {
    std::size_t longest = 0;
    for (const auto& code : errors::all_codes())
        longest = std::max(longest, code.slug.size());
    return longest;
}

void print_table(std::ostream& out) {
    const int width = static_cast<int>(longest_slug()) + 2;
    out << std::left << std::setw(width) << "CODE"
        << "STATUS  " << std::setw(16) << "CATEGORY" << std::setw(11) << "TRANSIENT"
        << std::setw(13) << "OUTCOME"
        << "MESSAGE\n";
    for (const auto& code : errors::all_codes()) {
        out << std::setw(width) << code.slug << std::setw(8) << code.status << std::setw(16)
            << to_string(code.category) << std::setw(11) << yes_no(code.transient) << std::setw(13)
            << to_string(code.outcome) << code.message << '\n';
    }
}

void print_markdown(std::ostream& out) {
    out << "| code | status | category | transient | outcome | gRPC | message |\n"
           "|---|---|---|---|---|---|---|\n";
    for (const auto& code : errors::all_codes()) {
        out << "| `" << code.slug << "` | " << code.status << " | " << to_string(code.category)
            << " | " << yes_no(code.transient) << " | " << to_string(code.outcome) << " | "
            << code.grpc << " | " << code.message << " |\n";
    }
}

void print_json(std::ostream& out) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& code : errors::all_codes()) {
        list.push_back({{"code", code.slug},
                        {"status", code.status},
                        {"category", to_string(code.category)},
                        {"transient", code.transient},
                        {"outcome", to_string(code.outcome)},
                        {"auto_retry", code.auto_retry},
                        {"grpc", code.grpc},
                        {"message", code.message}});
    }
    out << list.dump(2) << '\n';
}

int print_codes(const std::string& format, const Io& io) {
    if (format == "table") {
        print_table(io.out);
    } else if (format == "json") {
        print_json(io.out);
    } else if (format == "markdown") {
        print_markdown(io.out);
    } else if (format == "openapi") {
        io.out << openapi_document().dump(2) << '\n';
    } else {
        io.err << "errgate: --format " << format
               << " is not supported: use table, json, markdown or openapi\n";
        return kWrongUsage;
    }
    return kFine;
}

}  // namespace

void add_codes(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand("codes", "Print every canonical error code");
    auto format = std::make_shared<std::string>("table");
    command->add_option("--format", *format, "How to print them")
        ->type_name("table|json|markdown|openapi")
        ->capture_default_str();
    command->footer("Example:\n  errgate codes --format markdown > codes.md");
    command->callback([&chosen, format] {
        chosen = [format](const Io& io) { return print_codes(*format, io); };
    });
}

}  // namespace errgate::cli
