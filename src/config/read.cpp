#include "config/read.hpp"

#include "config/convert.hpp"

namespace errgate::config {
namespace {

void read_version(MappingReader& root) {
    int version = 0;
    root.require("version", version, whole_number(1, 1));
}

void read_listen(MappingReader& root, std::vector<ListenModel>& out) {
    const Value* list = root.required_list("listen");
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        MappingReader reader(root.report(), list->items[i], "listen[" + std::to_string(i) + "]");
        ListenModel listen;
        reader.require("address", listen.address, listen_address);
        reader.nested("tls", [&](MappingReader& tls) {
            tls.require("certificate", listen.tls.certificate, text());
            tls.require("private_key", listen.tls.private_key, text());
            tls.read("client_ca", listen.tls.client_ca, text());
        });
        reader.finish();
        out.push_back(std::move(listen));
    }
}

// A secret in the file would be in its backups and in version control too.
void read_token(MappingReader& reader, std::string& token) {
    const Value* value = reader.get("token");
    if (value == nullptr || value->kind == Value::Kind::null) return;
    if (!value->from_environment) {
        reader.report().add(value->mark, reader.path_of("token"),
                            "a secret does not belong into the file: write ${NAME} and set that "
                            "variable, or use token_file");
        return;
    }
    reader.read("token", token, text());
}

void read_admin(MappingReader& reader, AdminModel& admin) {
    reader.read("address", admin.address, listen_address);
    reader.read("allow_remote", admin.allow_remote, boolean());
    reader.read("token_file", admin.token_file, text());
    read_token(reader, admin.token);
    reader.read("public_metrics", admin.public_metrics, boolean());
    reader.read_list("allowed_hosts", admin.allowed_hosts, host_name());
}

void read_limits(MappingReader& reader, Limits& limits) {
    constexpr std::size_t kib = 1024;
    constexpr std::size_t mib = 1024 * kib;
    reader.read("header_bytes", limits.head.head_bytes, byte_size(kib, mib));
    reader.read("headers", limits.head.fields, whole_number<std::size_t>(1, 1000));
    reader.read("request_buffer", limits.request_buffer, byte_size(0, 256 * mib));
    reader.read("error_body", limits.error_body, byte_size(kib, 16 * mib));
    reader.read("connections", limits.connections, whole_number<std::size_t>(1, 1'000'000));
    reader.read("requests_per_connection", limits.requests_per_connection,
                whole_number<std::uint32_t>(1, 1'000'000'000));
}

void read_client(MappingReader& reader, ClientTimeouts& client) {
    const auto timeout = duration(Millis(1), kLongest);
    reader.read("header_timeout", client.header, timeout);
    reader.read("body_timeout", client.body, timeout);
    reader.read("keepalive_timeout", client.keepalive, timeout);
}

void read_drain(MappingReader& reader, DrainModel& drain) {
    reader.read("grace", drain.grace, duration(Millis(0), kLongest));
    reader.read("timeout", drain.timeout, duration(Millis(0), kLongest));
}

void read_access_log(MappingReader& reader, AccessLogModel& log) {
    reader.read("path", log.path, text());
    std::string format;
    reader.read("format", format, text());
    reader.read("sample", log.sample, number(0, 1));
}

void read_journal(MappingReader& reader, JournalParams& journal) {
    constexpr std::size_t mib = 1024 * 1024;
    reader.read("entries", journal.entries, whole_number<std::size_t>(0, 100'000));
    reader.read("bytes", journal.bytes, byte_size(64 * 1024, 256 * mib));
    reader.read("body_excerpt", journal.body_excerpt, boolean());
}

}  // namespace

Model read_model(const Value& root, Report& report) {
    Model model;
    MappingReader reader(report, root, "");
    if (root.kind != Value::Kind::mapping) return model;
    read_version(reader);
    read_listen(reader, model.listen);
    reader.nested("admin", [&](MappingReader& r) { read_admin(r, model.admin); });
    reader.read("threads", model.threads, whole_number(0U, 256U));
    reader.read_list("dialects", model.dialects, text());
    reader.nested("limits", [&](MappingReader& r) { read_limits(r, model.limits); });
    reader.nested("client", [&](MappingReader& r) { read_client(r, model.client); });
    reader.nested("drain", [&](MappingReader& r) { read_drain(r, model.drain); });
    model.upstreams = read_upstreams(reader);
    reader.nested("defaults", [&](MappingReader& r) { read_route_options(r, model.defaults); });
    model.routes = read_routes(reader, model.defaults);
    reader.nested("access_log", [&](MappingReader& r) { read_access_log(r, model.access_log); });
    reader.nested("journal", [&](MappingReader& r) { read_journal(r, model.journal); });
    reader.finish();
    return model;
}

}  // namespace errgate::config
