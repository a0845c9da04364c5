#include "config/load.hpp"

#include "config/admin_contact.hpp"
#include "config/compile.hpp"
#include "config/effective.hpp"
#include "config/files.hpp"
#include "config/read.hpp"
#include "config/tls_files.hpp"
#include "config/unsupported.hpp"
#include "config/validate.hpp"

#include <algorithm>
#include <ctime>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>

namespace errgate::config {
namespace {

// Compiled shipped dialects by name. Parsing all of them would cost every start some 50 ms, so each
// is compiled when it is first spoken, once a process. Any thread.
class ShippedCache {
  public:
    DialectSet get(const std::set<std::string_view>& names) {
        const std::scoped_lock lock(mutex_);
        compile_missing(names);
        DialectSet out;
        for (const std::string_view name : names)
            out.insert(*compiled_.find(name));
        return out;
    }

  private:
    void compile_missing(const std::set<std::string_view>& names) {
        std::vector<MappingSource> needed;
        for (const ShippedDialect& shipped : shipped_dialects()) {
            const auto there = [&](const MappingSource& s) {
                return s.file == shipped.source->file;
            };
            if (names.contains(shipped.name) && !compiled_.contains(shipped.name) &&
                std::ranges::none_of(needed, there)) {
                needed.push_back(*shipped.source);
            }
        }
        std::vector<Problem> problems;  // a test holds the shipped files to having none
        compiled_.merge(compile_mappings(needed, problems));
    }

    std::mutex mutex_;
    DialectSet compiled_;
};

// Those of the shipped dialects that an upstream speaks.
DialectSet shipped_for(const Model& model, const DialectSet& own) {
    static ShippedCache cache;
    std::set<std::string_view> names;
    for (const ShippedDialect& shipped : shipped_dialects()) {
        const auto speaks = [&](const UpstreamModel& u) { return u.dialect == shipped.name; };
        if (!own.contains(shipped.name) && std::ranges::any_of(model.upstreams, speaks))
            names.insert(shipped.name);
    }
    return cache.get(names);
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

std::vector<std::string> replaced_dialects(const DialectSet& own) {
    std::vector<std::string> notices;
    for (const ShippedDialect& shipped : shipped_dialects()) {
        const auto found = own.find(shipped.name);
        if (found == own.end()) continue;
        notices.push_back("dialect \"" + found->first + "\" of " + found->second.file +
                          " replaces the shipped one");
    }
    return notices;
}

// Everything an upstream may name.
std::vector<std::string_view> dialect_names(const DialectSet& own) {
    std::set<std::string_view> names;
    for (const auto& [name, dialect] : own)
        names.insert(name);
    for (const ShippedDialect& shipped : shipped_dialects())
        names.insert(shipped.name);
    return {names.begin(), names.end()};
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

// Both kinds of file have `dialects`: a list of file names, and a mapping of dialects.
bool is_mapping_file(const Value& root) {
    const Value* const dialects = root.find("dialects");
    return dialects != nullptr && dialects->kind == Value::Kind::mapping &&
           root.find("routes") == nullptr && root.find("listen") == nullptr;
}

// Document to snapshot; null, with problems, when anything is wrong.
std::shared_ptr<const Snapshot> load_document(std::string_view text, const std::string& file,
                                              const Environment& environment,
                                              std::vector<Problem>& problems) {
    Value root = parse_document(text, file, problems);
    if (!problems.empty()) return nullptr;
    if (is_mapping_file(root)) {
        problems.push_back({file, root.mark, "",
                            "is a mapping file: name it under dialects: in a routes file, or see "
                            "what it makes of an answer with errgate explain --mapping"});
        return nullptr;
    }
    substitute_environment(root, file, environment, problems);
    Report report(file, problems);
    Model model = read_model(root, report);
    report_unsupported(root, report);

    const std::vector<MappingSource> sources = read_mapping_files(model, root, file, problems);
    DialectSet dialects = compile_mappings(sources, problems);
    validate(model, root, dialect_names(dialects), report);
    TlsContexts tls = load_tls(model, root, std::time(nullptr), report);
    read_admin_token(model, root, file, problems);
    if (!problems.empty()) return nullptr;

    std::vector<std::string> said = replaced_dialects(dialects);
    dialects.merge(shipped_for(model, dialects));
    for (std::string& notice : notices(model))
        said.push_back(std::move(notice));
    std::vector<std::string> patterns;
    for (const std::string& pattern : model.dialects)
        patterns.push_back(full_pattern(pattern, file));
    std::string effective = effective_json(model, root);
    const std::string token_file = model.admin.token_file;
    auto snapshot = std::make_shared<Snapshot>(compile(std::move(model), dialects, std::move(tls)));
    snapshot->notices = std::move(said);
    snapshot->patterns = std::move(patterns);
    snapshot->effective = std::move(effective);
    snapshot->files.push_back(file);
    std::vector<std::string_view> texts{text};
    for (const MappingSource& source : sources) {
        snapshot->files.push_back(source.file);
        texts.push_back(source.text);
    }
    // Not in the hash, which is shown: what it is made of must not be guessable from it.
    if (!token_file.empty()) snapshot->other_files.push_back(full_pattern(token_file, file));
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

LoadResult load_file(const std::string& path, const Environment& environment, Pipes pipes) {
    LoadResult result;
    if (const auto text = read_file(path, result.problems, pipes))
        return load_text(*text, path, environment);
    return result;
}

}  // namespace errgate::config
