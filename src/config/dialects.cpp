#include "config/dialects.hpp"

#include "base/embedded.hpp"
#include "config/convert.hpp"
#include "config/dialect_compile.hpp"
#include "config/dialect_examples.hpp"

#include <algorithm>

namespace errgate::config {

std::span<const base::EmbeddedFile> shipped_mapping_files();  // embedded: config/dialects/*.yaml

namespace {

constexpr std::string_view kBuiltIn = "built in: ";
constexpr std::string_view kPresetsFile = "built in: presets.yaml";

// A mapping file that could be parsed.
struct OpenFile {
    OpenFile(const MappingSource& source, std::vector<Problem>& problems)
        : report(source.file, problems), root(parse_document(source.text, source.file, problems)) {}
    Report report;
    Value root;
};

void check_version(MappingReader& reader) {
    int version = 0;
    reader.require("version", version, whole_number(1, 1));
}

// Calls `each(name, mark, value, path)` for the members of `presets` or `dialects`.
template <class Each>
void for_each_named(OpenFile& file, const char* key, const Each& each) {
    const Value* const members = file.root.find(key);
    if (members == nullptr || members->kind != Value::Kind::mapping) return;
    for (std::size_t i = 0; i < members->members.size(); ++i) {
        const auto& [name, value] = members->members[i];
        each(name, members->member_marks[i], value, std::string(key) + "." + name);
    }
}

void check_top_level(OpenFile& file) {
    MappingReader reader(file.report, file.root, "");
    check_version(reader);
    for (const char* key : {"presets", "dialects"}) {
        const Value* const members = reader.get(key);
        if (members != nullptr && members->kind != Value::Kind::mapping) {
            file.report.mismatch(*members, key, {"a mapping of names"});
        }
    }
    reader.finish();
}

class Compiler {
  public:
    explicit Compiler(std::vector<Problem>& problems) : problems_(problems) {}

    void open(const std::vector<MappingSource>& sources) {
        for (const MappingSource& source : sources) {
            const std::size_t before = problems_.size();
            auto file = std::make_unique<OpenFile>(source, problems_);
            if (problems_.size() != before) continue;
            check_top_level(*file);
            files_.push_back(std::move(file));
        }
    }

    // Shipped presets may be replaced by a file's own.
    void read_presets() {
        for (const auto& file : files_) {
            for_each_named(
                *file, "presets",
                [&](const auto& name, Mark mark, const Value& value, const std::string& path) {
                    Preset preset = read_preset(file->report, value, path, name);
                    const auto earlier = presets_.find(name);
                    if (earlier != presets_.end() && earlier->second.file != kPresetsFile) {
                        file->report.add(mark, path,
                                         "is defined in " + earlier->second.file + " too");
                    }
                    presets_.insert_or_assign(name, std::move(preset));
                });
        }
    }

    DialectSet read_dialects() {
        DialectSet out;
        for (const auto& file : files_) {
            for_each_named(
                *file, "dialects",
                [&](const auto& name, Mark mark, const Value& value, const std::string& path) {
                    if (!is_name(name))
                        file->report.add(mark, path, "is not " + std::string(kNameRule));
                    const auto earlier = out.find(name);
                    if (earlier != out.end()) {
                        file->report.add(mark, path,
                                         "is defined in " + earlier->second.file + " too");
                    }
                    add_dialect(*file, name, value, path, out);
                });
        }
        return out;
    }

  private:
    void add_dialect(OpenFile& file, const std::string& name, const Value& value,
                     const std::string& path, DialectSet& out) {
        const std::size_t before = problems_.size();
        auto parts = read_dialect(file.report, value, path, name, presets_);
        std::shared_ptr<const mapping::Dialect> dialect;
        if (problems_.size() == before)
            dialect = std::make_shared<const mapping::Dialect>(std::move(parts));
        const std::string& from = file.report.file();
        out.emplace(name, NamedDialect{std::move(dialect), from, from.starts_with(kBuiltIn)});
    }

    std::vector<Problem>& problems_;
    std::vector<std::unique_ptr<OpenFile>> files_;
    Presets presets_;
};

// The keys of a shipped file's `dialects:`, which stand at the beginning of their lines, two spaces
// in; a test holds the files to that.
void find_dialects(const MappingSource& source, std::vector<ShippedDialect>& out) {
    std::string_view rest = source.text;
    const std::size_t begin = rest.find("\ndialects:\n");
    if (begin == std::string_view::npos) return;
    rest.remove_prefix(begin + 1);
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        const bool is_key = line.size() > 3 && line.starts_with("  ") && line[2] != ' ' &&
                            line[2] != '#' && line.ends_with(':');
        if (is_key) out.push_back({line.substr(2, line.size() - 3), &source});
    }
}

bool has_shipped_presets(const std::vector<MappingSource>& files) {
    return std::any_of(files.begin(), files.end(),
                       [](const MappingSource& source) { return source.file == kPresetsFile; });
}

std::vector<MappingSource> shipped_presets() {
    std::vector<MappingSource> out;
    for (const MappingSource& source : shipped_mapping_sources()) {
        if (source.file == kPresetsFile) out.push_back(source);
    }
    return out;
}

}  // namespace

const std::vector<MappingSource>& shipped_mapping_sources() {
    static const std::vector<MappingSource> kSources = [] {
        std::vector<MappingSource> out;
        for (const base::EmbeddedFile& file : shipped_mapping_files())
            out.push_back({std::string(kBuiltIn).append(file.name), std::string(file.text)});
        return out;
    }();
    return kSources;
}

const std::vector<ShippedDialect>& shipped_dialects() {
    static const std::vector<ShippedDialect> kFound = [] {
        std::vector<ShippedDialect> out;
        for (const MappingSource& source : shipped_mapping_sources())
            find_dialects(source, out);
        return out;
    }();
    return kFound;
}

DialectSet compile_mappings(const std::vector<MappingSource>& files,
                            std::vector<Problem>& problems) {
    if (files.empty()) return {};
    Compiler compiler(problems);
    if (!has_shipped_presets(files)) compiler.open(shipped_presets());
    compiler.open(files);
    compiler.read_presets();
    return compiler.read_dialects();
}

std::vector<ExampleFailure> run_examples(const std::vector<MappingSource>& files,
                                         const DialectSet& dialects, std::size_t& ran) {
    std::vector<ExampleFailure> failures;
    std::vector<Problem> reported_before;  // by compile_mappings()
    ran = 0;
    for (const MappingSource& source : files) {
        OpenFile file(source, reported_before);
        for_each_named(file, "dialects",
                       [&](const auto& name, Mark, const Value& value, const std::string& path) {
                           const auto dialect = dialects.find(name);
                           const Value* const list = value.find("examples");
                           if (dialect == dialects.end() || !dialect->second.dialect) return;
                           if (list == nullptr) return;
                           for (const Example& example :
                                read_examples(file.report, *list, path + ".examples")) {
                               ++ran;
                               std::string diff = run_example(example, *dialect->second.dialect);
                               if (diff.empty()) continue;
                               failures.push_back(
                                   {source.file, example.mark, name, example.id, std::move(diff)});
                           }
                       });
    }
    return failures;
}

}  // namespace errgate::config
