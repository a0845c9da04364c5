#include "cli/recording.hpp"

#include <cstdint>

namespace errgate::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Reads the members of one object; the first that has the wrong form is what it complains about.
class MemberReader {
  public:
    MemberReader(const Json& object, std::string& error) : object_(object), error_(error) {}

    // The member, or nullptr when it is absent or null.
    const Json* find(const char* name) const {
        const auto at = object_.find(name);
        return at == object_.end() || at->is_null() ? nullptr : &*at;
    }
    void text(const char* name, std::string& out) {
        const Json* value = find(name);
        if (!value) return;
        if (!value->is_string()) return complain(name, "a string");
        out = value->get<std::string>();
    }
    void flag(const char* name, std::optional<bool>& out) {
        const Json* value = find(name);
        if (!value) return;
        if (!value->is_boolean()) return complain(name, "true or false");
        out = value->get<bool>();
    }
    void status(const char* name, int& out) {
        const Json* value = find(name);
        const bool number = value && value->is_number_unsigned();
        const auto status = number ? value->get<std::uint64_t>() : 0;
        if (status < 100 || status > 599) return complain(name, "a number from 100 to 599");
        out = static_cast<int>(status);
    }
    void complain(const std::string& name, const std::string& wanted) {
        if (error_.empty()) error_ = '"' + name + "\" must be " + wanted;
    }

  private:
    const Json& object_;
    std::string& error_;
};

void read_fields(MemberReader& reader, Recording& out) {
    const Json* headers = reader.find("headers");
    if (!headers) return;
    if (!headers->is_object()) return reader.complain("headers", "an object");
    for (const auto& [name, value] : headers->items()) {
        for (const Json& one : value.is_array() ? value : Json::array({value})) {
            if (!one.is_string()) {
                return reader.complain("headers." + name, "a string or a list of strings");
            }
            out.fields.emplace_back(name, one.get<std::string>());
        }
    }
}

void read_request(MemberReader& reader, Recording& out, std::string& error) {
    const Json* request = reader.find("request");
    if (!request) return;
    if (!request->is_object()) return reader.complain("request", "an object");
    MemberReader members(*request, error);
    members.text("method", out.method);
    members.text("path", out.path);
    members.flag("replay_safe", out.replay_safe);
}

// UTF-8 text whose characters are all below U+0100 -> one byte each.
std::optional<std::string> encode_latin1(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            bytes += text[i];
        } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < text.size()) {
            const auto tail = static_cast<unsigned char>(text[++i]);
            bytes += static_cast<char>((lead & 0x03u) << 6 | (tail & 0x3Fu));
        } else {
            return std::nullopt;
        }
    }
    return bytes;
}

void read_body(MemberReader& reader, Recording& out) {
    std::string encoding = "utf-8";
    std::string text;
    reader.text("body", text);
    reader.text("body_encoding", encoding);
    std::optional<std::string> body;
    if (encoding == "base64") {
        body = decode_base64(text);
        if (!body) return reader.complain("body", "base64");
    } else if (encoding == "latin-1") {
        body = encode_latin1(text);
        if (!body) return reader.complain("body", "characters below U+0100 only");
    } else if (encoding == "utf-8") {
        body = std::move(text);
    } else {
        return reader.complain("body_encoding", "utf-8, base64 or latin-1");
    }
    out.body = std::move(*body);
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
    const auto padding = text.find('=');
    const std::string_view digits = text.substr(0, padding);
    if (padding != std::string_view::npos &&
        (text.size() % 4 != 0 || text.size() - padding > 2 || text.back() != '=')) {
        return std::nullopt;
    }
    if (digits.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char digit : digits) {
        const auto value = kBase64.find(digit);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 0xFFu);
    }
    return bytes;
}

std::optional<Recording> parse_recording(std::string_view line, std::string& error) {
    error.clear();
    const Json object = Json::parse(line, nullptr, false);
    if (!object.is_object()) {
        error = object.is_discarded() ? "not valid JSON" : "not a JSON object";
        return std::nullopt;
    }
    Recording recording;
    MemberReader reader(object, error);
    if (const Json* id = reader.find("id")) recording.id = *id;
    reader.text("provider", recording.dialect);
    reader.text("dialect", recording.dialect);
    reader.status("status", recording.status);
    read_request(reader, recording, error);
    read_fields(reader, recording);
    read_body(reader, recording);
    if (!error.empty()) return std::nullopt;
    return recording;
}

}  // namespace errgate::cli
