// The web page over the endpoints.
#include "admin/page.hpp"

#include "admin/reload.hpp"

#include <string>

namespace errgate::admin {

std::span<const base::EmbeddedFile> page_files();  // embedded

namespace {

constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kFolder = "/page/";

std::string_view content_type(std::string_view name) {
    if (name.ends_with(".html")) return "text/html; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".svg")) return "image/svg+xml";
    return "text/javascript; charset=utf-8";
}

constexpr std::pair<std::string_view, std::string_view> kFields[] = {
    {"Cache-Control", "no-cache"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'; trusted-types 'none'"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Referrer-Policy", "no-referrer"},
};

}  // namespace

const base::EmbeddedFile* page_file(std::string_view path) {
    std::string_view name = kIndex;
    if (path != "/") {
        if (!path.starts_with(kFolder)) return nullptr;
        name = path.substr(kFolder.size());
        if (name == kIndex) return nullptr;  // its references are relative to "/"
    }
    for (const base::EmbeddedFile& file : page_files()) {
        if (file.name == name) return &file;
    }
    return nullptr;
}

Answer page_answer(const base::EmbeddedFile& file, std::string_view if_none_match) {
    Answer answer{.content_type = content_type(file.name), .body = {}, .page = true};
    const std::string version(file.sha256.substr(0, 32));
    answer.etag = '"' + version + '"';
    if (!if_none_match.empty() && matches(std::string(if_none_match), version))
        answer.status = 304;
    else
        answer.body = file.text;
    return answer;
}

std::span<const std::pair<std::string_view, std::string_view>> page_fields() {
    return kFields;
}

}  // namespace errgate::admin
