#include "config/validate.hpp"

#include "config/convert.hpp"
#include "http/head.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace errgate::config {
namespace {

std::string item(std::string_view list, std::size_t index) {
    return std::string(list) + "[" + std::to_string(index) + "]";
}

class Validator {
  public:
    Validator(const Model& model, const Value& root, const std::vector<std::string_view>& dialects,
              Report& report)
        : model_(model), root_(root), dialects_(dialects), report_(report) {
        for (const auto& upstream : model.upstreams) {
            upstream_names_.push_back(upstream.name);
            upstream_set_.insert(upstream.name);
        }
    }

    void run() {
        check_listeners();
        check_admin();
        for (const auto& upstream : model_.upstreams)
            check_upstream(upstream);
        check_options(model_.defaults, "defaults");
        for (std::size_t i = 0; i < model_.routes.size(); ++i)
            check_route(i);
        check_route_names();
        check_shadowed();
    }

  private:
    void fail(const std::string& path, std::string message) {
        report_.add(nearest(root_, path).mark, path, std::move(message));
    }

    void fail_unknown(const std::string& path, std::string_view what, const std::string& text,
                      const std::vector<std::string_view>& known) {
        const Value& value = nearest(root_, path);
        const bool hidden = value.from_environment;
        report_.unknown(value.mark, path, what, hidden ? "from the environment" : text, known);
    }

    bool is_mapping(const std::string& path) const {
        return nearest(root_, path).kind == Value::Kind::mapping;
    }

    void check_listeners() {
        std::map<std::pair<std::string_view, std::uint16_t>, std::size_t> first;
        for (std::size_t i = 0; i < model_.listen.size(); ++i) {
            const ListenAddress& address = model_.listen[i].address;
            if (address.port == 0) continue;
            const auto [at, added] =
                first.emplace(std::pair(std::string_view(address.host), address.port), i);
            if (added) continue;
            fail(item("listen", i) + ".address",
                 "the same address as " + item("listen", at->second));
        }
    }

    void check_admin() {
        if (report_.mismatched("admin")) return;
        const ListenAddress& address = model_.admin.address;
        if (!is_loopback(address) && !model_.admin.allow_remote) {
            fail("admin.address", "not a loopback address: that needs admin.allow_remote: true");
        }
        const bool has_token = !model_.admin.token.empty() || !model_.admin.token_file.empty();
        if (!is_loopback(address) && model_.admin.allow_remote && !has_token) {
            fail("admin.allow_remote",
                 "needs admin.token_file, or admin.token from the environment: other hosts may "
                 "reach this listener");
        }
        if (!model_.admin.token.empty() && !model_.admin.token_file.empty()) {
            fail("admin.token", "token and token_file exclude each other");
        }
        check_token(model_.admin.token, "admin.token");
        for (std::size_t i = 0; i < model_.listen.size(); ++i) {
            if (address.port == 0 || model_.listen[i].address != address) continue;
            fail("admin.address", "the same address as " + item("listen", i));
        }
    }

    void check_token(const std::string& token, const std::string& path) {
        if (token.empty() || is_admin_token(token)) return;
        fail(path, std::string("expected ") + std::string(kAdminTokenRule));
    }

    void check_upstream(const UpstreamModel& upstream) {
        const std::string path = "upstreams." + upstream.name;
        check_dialect(upstream, path);
        check_urls(upstream, path + ".url");
        const auto& breaker = upstream.circuit_breaker;
        if (breaker.open > breaker.max_open && !report_.mismatched(path + ".circuit_breaker")) {
            fail(path + ".circuit_breaker", "open " + to_text(breaker.open) +
                                                " is longer than max_open " +
                                                to_text(breaker.max_open));
        }
        if (!breaker.enabled && !upstream.health_check.path.empty()) {
            fail(path + ".health_check",
                 "has no effect while circuit_breaker.enabled is false: it decides when an open "
                 "breaker closes");
        }
        check_tls(upstream, path);
    }

    void check_tls(const UpstreamModel& upstream, const std::string& path) {
        if (!is_mapping(path) || report_.mismatched(path + ".tls")) return;
        const Value* tls = nearest(root_, path).find("tls");
        if (tls == nullptr || tls->kind != Value::Kind::mapping) return;
        if (upstream.tls.client_certificate.empty() != upstream.tls.client_key.empty()) {
            fail(path + ".tls", "client_certificate and client_key go together");
        }
        const bool plain = !upstream.urls.empty() && upstream.urls.front().scheme == "http";
        if (plain) fail(path + ".tls", "is for https, and the url is http");
    }

    void check_dialect(const UpstreamModel& upstream, const std::string& path) {
        if (!is_mapping(path) || report_.mismatched(path + ".dialect")) return;
        if (std::find(dialects_.begin(), dialects_.end(), upstream.dialect) != dialects_.end())
            return;
        fail_unknown(path + ".dialect", "dialect", upstream.dialect, dialects_);
    }

    void check_urls(const UpstreamModel& upstream, const std::string& path) {
        if (report_.mismatched(path)) return;
        const auto& urls = upstream.urls;
        for (std::size_t i = 1; i < urls.size(); ++i) {
            if (urls[i].scheme != urls[0].scheme || urls[i].base_path != urls[0].base_path) {
                fail(item(path, i), "scheme and base path must be those of " + item(path, 0));
            }
            const auto same = [&](const Url& other) { return other.address == urls[i].address; };
            if (std::any_of(urls.begin(), urls.begin() + static_cast<std::ptrdiff_t>(i), same)) {
                fail(item(path, i), "the same host and port are in the list twice");
            }
        }
    }

    void check_route(std::size_t index) {
        const RouteModel& route = model_.routes[index];
        const std::string path = item("routes", index);
        const bool resolvable = !upstream_names_.empty() && !route.upstream.empty();
        if (resolvable && !upstream_set_.contains(route.upstream)) {
            fail_unknown(path + ".upstream", "upstream", route.upstream, upstream_names_);
        }
        const bool match_read = !report_.mismatched(path + ".match");
        if (match_read && !policy::covers(route.strip_prefix, route.match.path_prefix)) {
            fail(path + ".strip_prefix",
                 "must be a part of match.path_prefix that ends at a \"/\"");
        }
        check_options(route.options, path);
    }

    // Options that a route inherits whole are checked where they stand, under `defaults`.
    void check_options(const RouteOptions& options, const std::string& path) {
        const Value& value = nearest(root_, path);
        if (value.find("timeouts") != nullptr) check_timeouts(options.timeouts, path + ".timeouts");
        if (value.find("retry") != nullptr) check_backoff(options.retry, path + ".retry.backoff");
    }

    void check_timeouts(const policy::Timeouts& timeouts, const std::string& path) {
        if (report_.mismatched(path) || report_.mismatched("defaults.timeouts")) return;
        if (timeouts.connect > timeouts.attempt) {
            fail(path, "connect " + to_text(timeouts.connect) + " is longer than attempt " +
                           to_text(timeouts.attempt) + "; needed: connect <= attempt <= total");
        }
        if (timeouts.attempt > timeouts.total) {
            fail(path, "attempt " + to_text(timeouts.attempt) + " is longer than total " +
                           to_text(timeouts.total) + "; needed: connect <= attempt <= total");
        }
    }

    void check_backoff(const policy::RetryParams& retry, const std::string& path) {
        if (report_.mismatched(path) || report_.mismatched("defaults.retry.backoff")) return;
        if (retry.backoff_base > retry.backoff_max) {
            fail(path, "base " + to_text(retry.backoff_base) + " is longer than max " +
                           to_text(retry.backoff_max));
        }
    }

    void check_route_names() {
        std::map<std::string_view, std::size_t> first;
        for (std::size_t i = 0; i < model_.routes.size(); ++i) {
            const std::string& name = model_.routes[i].name;
            if (name.empty()) continue;
            const auto [at, added] = first.emplace(name, i);
            if (!added)
                fail(item("routes", i) + ".name", "the same name as " + item("routes", at->second));
        }
    }

    // A route is never used when an earlier one has the same prefix, host and headers, and all of
    // its methods: the two have equally many conditions, so the earlier one always wins.
    void check_shadowed() {
        std::map<std::string, std::vector<std::size_t>> groups;
        for (std::size_t i = 0; i < model_.routes.size(); ++i) {
            const std::string path = item("routes", i);
            if (!is_mapping(path) || report_.mismatched(path + ".match")) continue;
            auto& group = groups[conditions_besides_methods(model_.routes[i].match)];
            const auto shadows = [&](std::size_t j) {
                return includes(model_.routes[j].match.methods, model_.routes[i].match.methods);
            };
            const auto earlier = std::find_if(group.begin(), group.end(), shadows);
            if (earlier != group.end()) {
                fail(path + ".match", "never used: " + route_text(*earlier) + " matches all that " +
                                          route_text(i) + " does and stands before it");
            }
            group.push_back(i);
        }
    }

    std::string route_text(std::size_t index) const {
        const std::string path = item("routes", index);
        const std::string& name = model_.routes[index].name;
        if (name.empty() || nearest(root_, path + ".name").from_environment) return path;
        return path + " (" + name + ")";
    }

    static std::string conditions_besides_methods(const policy::RouteMatch& match) {
        const auto lower = [](std::string text) {
            for (char& c : text)
                c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
            return text;
        };
        std::vector<std::string> parts;
        for (const auto& [name, value] : match.headers)
            parts.push_back(lower(name) + ":" + value);
        std::sort(parts.begin(), parts.end());
        std::string out = match.path_prefix + "\n" + lower(match.host) + "\n";
        out += match.methods.empty() ? "any" : "some";
        for (const std::string& part : parts)
            out += "\n" + part;
        return out;
    }

    static bool includes(const std::vector<std::string>& all,
                         const std::vector<std::string>& some) {
        return std::all_of(some.begin(), some.end(), [&](const std::string& method) {
            return std::find(all.begin(), all.end(), method) != all.end();
        });
    }

    const Model& model_;
    const Value& root_;
    const std::vector<std::string_view>& dialects_;
    Report& report_;
    std::vector<std::string_view> upstream_names_;
    std::unordered_set<std::string_view> upstream_set_;
};

}  // namespace

bool is_admin_token(std::string_view text) {
    return text.size() >= 16 &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

void validate(const Model& model, const Value& root, const std::vector<std::string_view>& dialects,
              Report& report) {
    Validator(model, root, dialects, report).run();
}

std::vector<std::string> notices(const Model& model) {
    std::vector<std::string> out;
    std::unordered_set<std::string_view> used;
    for (const auto& route : model.routes)
        used.insert(route.upstream);
    for (const auto& upstream : model.upstreams) {
        if (used.contains(upstream.name)) continue;
        out.push_back("upstream \"" + upstream.name + "\" is used by no route");
    }
    for (const auto& upstream : model.upstreams) {
        if (upstream.tls.verify) continue;
        out.push_back("upstream \"" + upstream.name +
                      "\" is not verified: tls.verify is false, so anybody can pose as it");
    }
    for (const auto& route : model.routes) {
        for (const std::string& method : route.options.retry.replay_safe_methods) {
            if (method != "POST" && method != "PATCH") continue;
            out.push_back("route \"" + route.name + "\" repeats every " + method +
                          " whose outcome is unknown: retry.replay_safe_methods names it");
        }
    }
    return out;
}

}  // namespace errgate::config
