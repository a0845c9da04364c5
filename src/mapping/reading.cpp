#include "mapping/reading.hpp"

#include "http/head.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

constexpr std::string_view kUsualRequestIdHeaders[] = {
    "request-id", "x-request-id", "x-correlation-id", "x-trace-id",
    "trace-id",   "cf-ray",       "x-amzn-requestid", "x-amz-request-id"};

Body decode(const Dialect& dialect, const ResponseFacts& response) {
    Body body =
        decode_body({response.body, http::find(response.fields, http::FieldName::content_type),
                     http::find(response.fields, "content-encoding"), response.body_complete});
    for (const Format& format : dialect.formats())
        decode_embeds(format.embeds, body.tree);
    return body;
}

bool detects(const Dialect& dialect, const Context& context) {
    return std::any_of(dialect.detect().begin(), dialect.detect().end(),
                       [&](const Predicate& each) { return holds(each, context); });
}

void trace_detect(const std::vector<Predicate>& detect, const Context& context, Trace& trace) {
    for (std::size_t i = 0; i < detect.size(); ++i) {
        trace.notes.push_back("detect[" + std::to_string(i) +
                              "]: " + first_miss(detect[i], context).value_or(""));
    }
}

void redact_members(const std::vector<BodyRedaction>& redactions, Tree& tree) {
    for (const BodyRedaction& redaction : redactions) {
        redaction.pointer.any(tree, kRoot, [&](NodeId node) {
            redaction.drop ? tree[node].become(Node::Kind::null, {})
                           : tree[node].become(Node::Kind::string, "[redacted]");
            return false;
        });
    }
}

const Format* find_format(const Dialect& dialect, const Context& context, Trace* trace) {
    for (const Format& format : dialect.formats()) {
        if (holds(format.when, context)) {
            if (trace != nullptr) trace->format = format.id;
            return &format;
        }
        if (trace != nullptr) {
            trace->notes.push_back("format " + format.id + ": " +
                                   first_miss(format.when, context).value_or(""));
        }
    }
    return nullptr;
}

void trace_rules(const RuleSet& rules, const Rule* matched, const Extraction& found,
                 const Context& context, Trace& trace) {
    for (const Rule& rule : rules.all()) {
        if (&rule == matched) break;
        trace.notes.push_back(rule.label + ": " + explain_miss(rule, found, context));
    }
    if (matched != nullptr) trace.rule = matched->label;
}

// Ids go into logs and are shown to support: one word of visible ASCII, or none.
bool is_request_id(std::string_view text) {
    constexpr std::size_t kLongest = 128;
    return !text.empty() && text.size() <= kLongest &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Text find_request_id(const Dialect& dialect, Text in_body, const http::Fields& fields) {
    if (in_body && is_request_id(*in_body)) return in_body;
    std::string_view id;
    const auto is_sent = [&](std::string_view header) {
        id = http::find(fields, header);
        return is_request_id(id);
    };
    const auto& own = dialect.request_id_headers();
    if (std::any_of(own.begin(), own.end(), is_sent)) return id;
    const auto& usual = kUsualRequestIdHeaders;
    if (std::any_of(std::begin(usual), std::end(usual), is_sent)) return id;
    return std::nullopt;
}

void add_rule_facts(const Rule& rule, const Context& context, Extraction& found) {
    for (const auto& [name, selector] : rule.metadata) {
        if (const Text text = selector.value(context)) {
            put_metadata(found, name, {{}, std::string(*text)});
        }
    }
    for (const errors::Detail& detail : rule.details)
        put_detail(found, detail);
}

}  // namespace

Reading read_response(const Dialect& dialect, const RequestFacts& request,
                      const ResponseFacts& response, base::WallTime now, Trace* trace) {
    Reading reading(decode(dialect, response));
    Body& body = reading.body;
    const Context context{body, request, response, body.tree.arena()};
    reading.is_error = detects(dialect, context);
    if (trace != nullptr) trace->content_kind = to_string(body.kind);
    if (!reading.is_error && trace != nullptr) trace_detect(dialect.detect(), context, *trace);
    if (!reading.is_error) return reading;

    redact_members(dialect.redactions(), body.tree);
    if (const Format* format = find_format(dialect, context, trace)) {
        reading.found = extract(*format, context);
    }
    Extraction& found = reading.found;
    found.request_id = find_request_id(dialect, found.request_id, response.fields);
    reading.rule = dialect.rules().first_match(found, context);
    if (trace != nullptr) trace_rules(dialect.rules(), reading.rule, found, context, *trace);
    if (reading.rule != nullptr) add_rule_facts(*reading.rule, context, found);
    reading.wait = wait_hint(dialect.waits(), context, now);
    return reading;
}

}  // namespace errgate::mapping
