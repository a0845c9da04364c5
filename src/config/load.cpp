#include "config/load.hpp"

#include "config/compile.hpp"
#include "config/files.hpp"
#include "config/read.hpp"
#include "config/unsupported.hpp"
#include "config/validate.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace errgate::config {
namespace {

const DialectSet& shipped_dialects() {
    static const DialectSet set = [] {
        std::vector<Problem> problems;  // a test holds the shipped files to having none
        DialectSet out = compile_mappings(shipped_mapping_sources(), problems);
        for (auto& [name, dialect] : out)
            dialect.shipped = true;
        return out;
    }();
    return set;
}

// The mapping files that `dialects` names, each once, in order.
std::vector<MappingSource> read_mapping_files(const Model& model, const Value& root,
                                              const std::string& file,
                                              std::vector<Problem>& problems) {
    std::vector<MappingSource> out;
    for (std::size_t i = 0; i < model.dialects.size(); ++i) {
        const std::string path = "dialects[" + std::to_string(i) + "]";
        const std::vector<std::string> names = matching_files(model.dialects[i], file);
        if (names.empty()) {
            problems.push_back({file, nearest(root, path).mark, path, "no file matches"});
        }
        for (const std::string& name : names) {
            const auto same = [&](const MappingSource& source) { return source.file == name; };
            if (std::any_of(out.begin(), out.end(), same)) continue;
            if (auto text = read_file(name, problems)) out.push_back({name, std::move(*text)});
        }
    }
    return out;
}

// The shipped dialects with the user's own over them, and a word about each one replaced.
DialectSet merge(const DialectSet& own, std::vector<std::string>& notices) {
    DialectSet out = shipped_dialects();
    for (const auto& [name, dialect] : own) {
        if (out.contains(name)) {
            notices.push_back("dialect \"" + name + "\" of " + dialect.file +
                              " replaces the shipped one");
        }
        out.insert_or_assign(name, dialect);
    }
    return out;
}

void sort_by_place(std::vector<Problem>& problems, const std::string& first_file) {
    std::stable_sort(problems.begin(), problems.end(), [&](const Problem& a, const Problem& b) {
        const auto key = [&](const Problem& p) {
            return std::tuple(p.file != first_file, std::string_view(p.file), p.mark.line,
                              p.mark.column);
        };
        return key(a) < key(b);
    });
}

// Document to snapshot; null, with problems, when anything is wrong.
std::shared_ptr<const Snapshot> load_document(std::string_view text, const std::string& file,
                                              const Environment& environment,
                                              std::vector<Problem>& problems) {
    Value root = parse_document(text, file, problems);
    if (!problems.empty()) return nullptr;
    substitute_environment(root, file, environment, problems);
    Report report(file, problems);
    Model model = read_model(root, report);
    report_unsupported(root, report);

    const std::vector<MappingSource> sources = read_mapping_files(model, root, file, problems);
    std::vector<std::string> said;
    const DialectSet dialects = merge(compile_mappings(sources, problems), said);
    std::vector<std::string_view> names;
    for (const auto& [name, dialect] : dialects)
        names.push_back(name);
    validate(model, root, names, report);
    if (!problems.empty()) return nullptr;

    for (std::string& notice : notices(model))
        said.push_back(std::move(notice));
    std::vector<std::string> patterns;
    for (const std::string& pattern : model.dialects)
        patterns.push_back(full_pattern(pattern, file));
    auto snapshot = std::make_shared<Snapshot>(compile(std::move(model), dialects));
    snapshot->notices = std::move(said);
    snapshot->patterns = std::move(patterns);
    snapshot->files.push_back(file);
    std::vector<std::string_view> texts{text};
    for (const MappingSource& source : sources) {
        snapshot->files.push_back(source.file);
        texts.push_back(source.text);
    }
    snapshot->hash = hash_of(texts);
    return snapshot;
}

}  // namespace

LoadResult load_text(std::string_view text, const std::string& file,
                     const Environment& environment) {
    LoadResult result;
    result.snapshot = load_document(text, file, environment, result.problems);
    sort_by_place(result.problems, file);
    return result;
}

LoadResult load_file(const std::string& path, const Environment& environment) {
    LoadResult result;
    if (const auto text = read_file(path, result.problems))
        return load_text(*text, path, environment);
    return result;
}

}  // namespace errgate::config
