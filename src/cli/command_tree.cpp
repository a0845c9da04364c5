#include "cli/command_tree.hpp"

#include "config/dialects.hpp"

#include <algorithm>
#include <sstream>

namespace errgate::cli {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    std::istringstream in{std::string(text)};
    for (std::string part; std::getline(in, part, separator);)
        parts.push_back(part);
    return parts;
}

std::vector<std::string> shipped_dialect_names() {
    std::vector<std::string> names;
    for (const config::ShippedDialect& dialect : config::shipped_dialects())
        names.emplace_back(dialect.name);
    std::ranges::sort(names);
    return names;
}

// CLI11 writes "table|json" as we named it, "TEXT:{a,b}" for IsMember, "INT:INT in [1 - 9]" for a
// range: the name stands before the colon, a closed set is between bars or in braces.
void read_type(const std::string& type, OptionFacts& facts) {
    const std::size_t colon = type.find(':');
    facts.argument = type.substr(0, colon);
    const std::size_t open = type.find('{');
    const std::size_t close = type.find('}');
    if (open != std::string::npos && close != std::string::npos) {
        facts.choices = split(std::string_view(type).substr(open + 1, close - open - 1), ',');
    } else if (facts.argument.find('|') != std::string::npos) {
        facts.choices = split(facts.argument, '|');
    } else if (facts.argument == "DIALECT") {
        facts.choices = shipped_dialect_names();
    }
}

OptionFacts option_facts(const CLI::Option& option) {
    OptionFacts facts;
    for (const auto& name : option.get_snames())
        facts.flags.push_back('-' + name);
    for (const auto& name : option.get_lnames())
        facts.flags.push_back("--" + name);
    if (facts.flags.empty()) facts.name = option.get_name();
    if (option.get_type_size() != 0) read_type(option.get_type_name(), facts);
    facts.initial = option.get_default_str();
    facts.description = option.get_description();
    facts.required = option.get_required();
    return facts;
}

CommandFacts command_facts(const CLI::App& app) {
    CommandFacts facts{app.get_name(), app.get_description(), app.get_footer(), {}};
    for (const CLI::Option* option : app.get_options())
        if (!option->get_group().empty()) facts.options.push_back(option_facts(*option));
    return facts;
}

}  // namespace

std::vector<CommandFacts> command_tree(const CLI::App& program) {
    std::vector<CommandFacts> tree{command_facts(program)};
    const auto visible = [](const CLI::App* app) { return !app->get_group().empty(); };
    for (const CLI::App* command : program.get_subcommands(visible))
        tree.push_back(command_facts(*command));
    return tree;
}

}  // namespace errgate::cli
