#include "config/dialect_format.hpp"

#include "config/dialect_predicate.hpp"
#include "config/dialect_selector.hpp"
#include "config/dialect_terms.hpp"

namespace errgate::config {
namespace {

using namespace mapping;

void read_network(MappingReader& reader, Format& format) {
    reader.nested("network", [&](MappingReader& network) {
        format.decline_code = read_selector(network, "decline_code");
        format.advice_code = read_selector(network, "advice_code");
    });
}

void read_metadata(MappingReader& reader, Format& format) {
    Pointer from;
    if (reader.read("metadata_from", from, pointer())) format.metadata_from = std::move(from);
    const Value* const metadata = reader.get("metadata");
    if (metadata == nullptr) return;
    Report& report = reader.report();
    for_each_member(
        report, *metadata, reader.path_of("metadata"),
        [&](const std::string& name, Mark, const Value& value, const std::string& path) {
            auto selector = read_selector(report, value, path);
            if (selector) format.metadata.emplace_back(name, std::move(*selector));
        });
    if (metadata->members.size() > errors::kMaxMetadata) {
        report.add(metadata->mark, reader.path_of("metadata"),
                   "has " + std::to_string(metadata->members.size()) + " members, at most " +
                       std::to_string(errors::kMaxMetadata) + " leave");
    }
}

Convert<std::string> member_name() {
    return [](const Value& value) -> Converted<std::string> {
        const bool fits = value.kind == Value::Kind::scalar && !value.text.empty() &&
                          !value.text.starts_with('/');
        if (fits) return value.text;
        return Mismatch{"the name of a new member of the root, without /"};
    };
}

Embed read_embed(Report& report, const Value& value, const std::string& path) {
    MappingReader reader(report, value, path);
    Embed embed;
    reader.require("at", embed.at, pointer());
    reader.require("as", embed.as, member_name());
    reader.require("decode", embed.decode,
                   choice<Embed::Decode>({{"json", Embed::Decode::json},
                                          {"base64json", Embed::Decode::base64_json}}));
    reader.finish();
    return embed;
}

DetailSource read_detail_source(Report& report, const Value& value, const std::string& path) {
    MappingReader reader(report, value, path);
    DetailSource source;
    const bool each = reader.read("each", source.pointer, pointer());
    const bool entries = reader.read("entries", source.pointer, pointer());
    if (reader.get("each") != nullptr && reader.get("entries") != nullptr) {
        report.add(value.mark, path, "has both each and entries; one of them says what to go over");
    } else if (!each && !entries && !report.mismatched(path)) {
        report.add(value.mark, path,
                   "needs each (a pointer to every element) or entries (a "
                   "pointer to an object of them)");
    }
    source.over = entries ? DetailSource::Over::entries : DetailSource::Over::matches;
    reader.read("flatten", source.flatten, boolean());
    source.when = read_predicate(reader, "when");
    source.field = read_selector(reader, "field", SelectorPlace::element);
    source.code = read_selector(reader, "code", SelectorPlace::element);
    source.message = read_selector(reader, "message", SelectorPlace::element);
    const auto says = [&](const char* key) { return reader.get(key) != nullptr; };
    if (each != entries && !says("field") && !says("code") && !says("message")) {
        report.add(value.mark, path, "needs at least one of field, code, message");
    }
    reader.finish();
    return source;
}

}  // namespace

Format read_format(Report& report, const Value& value, const std::string& path) {
    MappingReader reader(report, value, path);
    Format format;
    reader.require("id", format.id, name_text());
    format.when = read_predicate(reader, "when");
    format.code = read_selector(reader, "code");
    format.type = read_selector(reader, "type");
    format.message = read_selector(reader, "message");
    format.request_id = read_selector(reader, "request_id");
    read_network(reader, format);
    read_metadata(reader, format);
    if (const Value* embeds = reader.get("embed")) {
        for_each_item(*embeds, reader.path_of("embed"), [&](const Value& item, const auto& at) {
            format.embeds.push_back(read_embed(report, item, at));
        });
    }
    if (const Value* details = reader.get("details")) {
        for_each_item(*details, reader.path_of("details"), [&](const Value& item, const auto& at) {
            format.details.push_back(read_detail_source(report, item, at));
        });
    }
    reader.finish();
    return format;
}

}  // namespace errgate::config
