// `errgate schema`: JSON Schemas of what people write, for editors.
#include "cli/commands.hpp"
#include "cli/schemas.hpp"

#include <memory>
#include <ostream>

namespace errgate::cli {
namespace {

int print_schema(const std::string& file, const Io& io) {
    if (file.empty()) {
        io.out << "{\"routes\": " << routes_schema() << ", \"mapping\": " << mapping_schema()
               << "}\n";
    } else if (file == "routes") {
        io.out << routes_schema();
    } else if (file == "mapping") {
        io.out << mapping_schema();
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
