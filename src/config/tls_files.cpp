#include "config/tls_files.hpp"

#include "config/files.hpp"

#include <filesystem>

namespace errgate::config {
namespace {

using tls::Defect;

// The keys that name a context's files.
struct Keys {
    std::string certificate, private_key, authorities;

    const std::string& of(Defect::In in) const {
        if (in == Defect::In::certificate) return certificate;
        return in == Defect::In::private_key ? private_key : authorities;
    }
};

class Loader {
  public:
    Loader(const Value& root, std::time_t now, Report& report)
        : root_(root), now_(now), report_(report) {}

    std::shared_ptr<const tls::ServerContext> server(const ServerTls& files,
                                                     const std::string& path) {
        if (files.certificate.empty() || files.private_key.empty()) return nullptr;
        const Keys keys{path + ".certificate", path + ".private_key", path + ".client_ca"};
        failed_ = false;
        const tls::Identity identity{text(files.certificate, keys.certificate),
                                     text(files.private_key, keys.private_key)};
        const std::string authorities = text(files.client_ca, keys.authorities);
        if (failed_) return nullptr;
        std::vector<Defect> defects;
        auto context = tls::ServerContext::make(identity, authorities, now_, defects);
        tell(defects, keys);
        return context;
    }

    std::shared_ptr<const tls::ClientContext> client(const ClientTls& files,
                                                     const std::string& path) {
        if (files.client_certificate.empty() != files.client_key.empty()) return nullptr;
        const Keys keys{path + ".client_certificate", path + ".client_key", path + ".ca_file"};
        failed_ = false;
        const tls::ClientSettings settings{
            .authorities = text(files.ca_file, keys.authorities),
            .server_name = files.server_name,
            .identity = {text(files.client_certificate, keys.certificate),
                         text(files.client_key, keys.private_key)},
            .verify = files.verify,
        };
        if (failed_) return nullptr;
        if (settings.authorities.empty() && !system_) system_ = tls::system_authorities();
        std::vector<Defect> defects;
        auto context = tls::ClientContext::make(settings, system_, now_, defects);
        tell(defects, keys);
        return context;
    }

    std::vector<std::string> files() && { return std::move(files_); }

  private:
    // A name that came from the environment is never shown.
    void fail(const std::string& path, const std::string& message) {
        const Value& value = nearest(root_, path);
        const std::string name = value.from_environment ? "the file" : "\"" + value.text + "\"";
        report_.add(value.mark, path, name + " " + message);
        failed_ = true;
    }

    std::string text(const std::string& file, const std::string& path) {
        if (file.empty()) return "";
        const auto full = std::filesystem::path(report_.file()).parent_path() / file;
        std::vector<Problem> problems;
        auto content = read_file(full.string(), problems);
        for (const Problem& problem : problems)
            fail(path, problem.message);
        files_.push_back(full.string());
        return content ? std::move(*content) : "";
    }

    void tell(const std::vector<Defect>& defects, const Keys& keys) {
        for (const Defect& defect : defects)
            fail(keys.of(defect.in), defect.message);
    }

    const Value& root_;
    std::time_t now_;
    Report& report_;
    std::shared_ptr<x509_store_st> system_;  // read once, and only when it is needed
    std::vector<std::string> files_;
    bool failed_ = false;
};

}  // namespace

TlsContexts load_tls(const Model& model, const Value& root, std::time_t now, Report& report) {
    TlsContexts out;
    Loader loader(root, now, report);
    for (std::size_t i = 0; i < model.listen.size(); ++i) {
        const std::string path = "listen[" + std::to_string(i) + "].tls";
        out.listeners.push_back(loader.server(model.listen[i].tls, path));
    }
    for (const UpstreamModel& upstream : model.upstreams) {
        const bool secure = !upstream.urls.empty() && upstream.urls.front().scheme == "https";
        out.upstreams.push_back(
            secure ? loader.client(upstream.tls, "upstreams." + upstream.name + ".tls") : nullptr);
    }
    out.files = std::move(loader).files();
    return out;
}

}  // namespace errgate::config
