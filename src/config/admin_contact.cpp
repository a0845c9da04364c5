#include "config/admin_contact.hpp"

#include "config/files.hpp"
#include "config/read.hpp"
#include "config/validate.hpp"

#include <algorithm>

namespace errgate::config {
namespace {

bool is_about_admin(const Problem& problem) {
    return problem.path == "admin" || problem.path.starts_with("admin.");
}

}  // namespace

void read_admin_token(Model& model, const Value& root, const std::string& file,
                      std::vector<Problem>& problems) {
    if (model.admin.token_file.empty()) return;
    const Mark mark = nearest(root, "admin.token_file").mark;
    const std::string path = full_pattern(model.admin.token_file, file);
    std::vector<Problem> unreadable;
    const auto text = read_file(path, unreadable);
    for (const Problem& problem : unreadable)
        problems.push_back({file, mark, "admin.token_file", path + ": " + problem.message});
    if (!text) return;
    const auto begin = std::min(text->find_first_not_of(" \t\r\n"), text->size());
    const auto end = std::min(text->find_last_not_of(" \t\r\n"), text->size() - 1);
    model.admin.token = begin < text->size() ? text->substr(begin, end - begin + 1) : "";
    if (is_admin_token(model.admin.token)) return;
    problems.push_back(
        {file, mark, "admin.token_file", path + ": expected " + std::string(kAdminTokenRule)});
}

std::optional<AdminModel> load_admin_contact(const std::string& path,
                                             const Environment& environment,
                                             std::vector<Problem>& problems) {
    const auto text = read_file(path, problems);
    if (!text) return std::nullopt;
    Value root = parse_document(*text, path, problems);
    if (!problems.empty()) return std::nullopt;

    std::vector<Problem> found;
    substitute_environment(root, path, environment, found);
    Report report(path, found);
    Model model = read_model(root, report);
    read_admin_token(model, root, path, found);
    std::ranges::copy_if(found, std::back_inserter(problems), is_about_admin);
    if (!problems.empty()) return std::nullopt;
    return std::move(model.admin);
}

}  // namespace errgate::config
