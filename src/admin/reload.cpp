// The verdict on a reload as an answer, and the condition a reload may have.
#include "admin/reload.hpp"

#include "admin/endpoints.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace errgate::admin {

namespace {

using Json = nlohmann::ordered_json;

unsigned status_of(ReloadResult::Kind kind) {
    switch (kind) {
        case ReloadResult::Kind::applied:
            return 200;
        case ReloadResult::Kind::invalid:
            return 422;
        case ReloadResult::Kind::impossible:
            return 409;
        case ReloadResult::Kind::stale:
            return 412;
    }
    return 500;
}

// File names and messages may hold bytes that are no UTF-8.
std::string dump(const Json& page) {
    return page.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json verdict(const ReloadResult& result) {
    Json page{{"result", result.kind == ReloadResult::Kind::applied ? "success" : "failure"},
              {"hash", result.hash},
              {"previous_hash", result.previous_hash},
              {"changed", result.hash != result.previous_hash},
              {"ms", result.took.count()}};
    if (!result.reason.empty()) page["reason"] = result.reason;
    page["problems"] = Json::array();
    for (const config::Problem& problem : result.problems) {
        page["problems"].push_back({{"file", problem.file},
                                    {"line", problem.mark.line},
                                    {"column", problem.mark.column},
                                    {"path", problem.path},
                                    {"message", problem.message}});
    }
    page["notices"] = result.notices;
    return page;
}

}  // namespace

bool matches(const std::string& if_match, const std::string& hash) {
    if (if_match.empty()) return true;
    for (std::size_t begin = 0; begin <= if_match.size();) {
        const std::size_t end = std::min(if_match.find(',', begin), if_match.size());
        std::string_view tag(if_match.data() + begin, end - begin);
        while (tag.starts_with(' ') || tag.starts_with('\t'))
            tag.remove_prefix(1);
        while (tag.ends_with(' ') || tag.ends_with('\t'))
            tag.remove_suffix(1);
        if (tag.size() >= 2 && tag.starts_with('"') && tag.ends_with('"'))
            tag = tag.substr(1, tag.size() - 2);
        if (tag == "*" || tag == hash) return true;
        begin = end + 1;
    }
    return false;
}

Answer reload_answer(const ReloadResult& result) {
    return {.status = status_of(result.kind),
            .content_type = "application/json",
            .body = dump(verdict(result))};
}

Answer last_reload_answer(const std::optional<LastReload>& last) {
    Json page{{"last", nullptr}};
    if (last) {
        page["last"] = {{"trigger", last->trigger}, {"at", last->at}};
        page["last"].update(verdict(last->result));
    }
    return {.content_type = "application/json", .body = dump(page)};
}

}  // namespace errgate::admin
