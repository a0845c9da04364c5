// `errgate schema`: JSON Schemas of what people write, for editors.
#include "base/embedded.hpp"
#include "cli/commands.hpp"

#include <memory>
#include <ostream>

namespace errgate::cli {

std::span<const base::EmbeddedFile> schema_files();  // embedded: routes.json, mapping.json

namespace {

int print_schema(const std::string& file, const Io& io) {
    const std::string_view routes = schema_files()[0].text;
    const std::string_view mapping = schema_files()[1].text;
    if (file.empty()) {
        io.out << "{\"routes\": " << routes << ", \"mapping\": " << mapping << "}\n";
    } else if (file == "routes") {
        io.out << routes;
    } else if (file == "mapping") {
        io.out << mapping;
    } else {
        io.err << "errgate: there is no schema of \"" << file << "\": use routes or mapping\n";
        return kWrongUsage;
    }
    return kFine;
}

}  // namespace

void add_schema(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand(
        "schema", "Print the JSON Schema of the routes file or of a mapping file");
    auto file = std::make_shared<std::string>();
    command->add_option("FILE", *file, "routes or mapping; without it, an object with both")
        ->type_name("routes|mapping");
    command->footer(
        "Example:\n  errgate schema mapping > mapping.schema.json\n\nEditors find it by a line at "
        "the "
        "top of the file:\n  # yaml-language-server: $schema=mapping.schema.json");
    command->callback(
        [&chosen, file] { chosen = [file](const Io& io) { return print_schema(*file, io); }; });
}

}  // namespace errgate::cli
