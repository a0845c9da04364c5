#include "mapping/json_body.hpp"

#include "mapping/json_repair.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace errgate::mapping {
namespace {

// nlohmann's SAX interface. Returning false stops its parser.
class Events {
  public:
    Events(Tree& tree, NodeId at) : tree_(tree), builder_(tree, at) {}

    bool null() { return builder_.null(), more(); }
    bool boolean(bool value) { return builder_.boolean(value), more(); }
    bool number_integer(std::int64_t value) { return number(std::to_string(value)); }
    bool number_unsigned(std::uint64_t value) { return number(std::to_string(value)); }
    bool number_float(double, const std::string& source) { return number(source); }
    bool string(const std::string& text) { return builder_.string(keep(text)), more(); }
    bool binary(const nlohmann::json::binary_t&) { return false; }  // JSON text has none
    bool start_object(std::size_t) { return builder_.begin(Node::Kind::object), more(); }
    bool start_array(std::size_t) { return builder_.begin(Node::Kind::array), more(); }
    bool end_object() { return builder_.end(), more(); }
    bool end_array() { return builder_.end(), more(); }
    bool key(const std::string& name) { return builder_.key(keep(name)), more(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
        error_at_ = position;
        return false;
    }

    std::optional<std::size_t> error_at() const { return error_at_; }
    bool full() const { return builder_.full(); }
    void finish() { builder_.finish(); }

  private:
    bool more() const { return !builder_.full(); }
    bool number(const std::string& source) { return builder_.number(keep(source)), more(); }
    std::string_view keep(const std::string& text) { return tree_.arena().copy(text); }

    Tree& tree_;
    TreeBuilder builder_;
    std::optional<std::size_t> error_at_;
};

JsonResult run(std::string_view text, bool keep_partial, Tree& tree, NodeId at) {
    const std::size_t nodes_before = tree.size();
    Events events(tree, at);
    if (nlohmann::json::sax_parse(text.begin(), text.end(), &events)) return JsonResult::complete;
    events.finish();
    if (events.full()) return JsonResult::partial;
    // nlohmann counts one position past the end for "unexpected end of input".
    const bool cut = events.error_at() && *events.error_at() > text.size();
    if (keep_partial && cut && tree.size() > nodes_before) return JsonResult::partial;
    tree.reset(at, nodes_before);
    return JsonResult::invalid;
}

}  // namespace

JsonResult parse_json(std::string_view text, bool keep_partial, Tree& tree, NodeId at) {
    const JsonResult result = run(text, false, tree, at);
    if (result != JsonResult::invalid) return result;
    const std::string repaired = repair_json(text);
    if (repaired == text && !keep_partial) return JsonResult::invalid;
    return run(repaired, keep_partial, tree, at);
}

}  // namespace errgate::mapping
