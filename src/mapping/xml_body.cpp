#include "mapping/xml_body.hpp"

#include <pugixml.hpp>

#include <string>
#include <unordered_map>
#include <vector>

namespace errgate::mapping {
namespace {

std::string_view local_name(std::string_view name) {
    const auto colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool declares_namespace(std::string_view attribute) {
    return attribute == "xmlns" || attribute.starts_with("xmlns:");
}

// A reference to an entity other than the five XML itself has. Nothing is ever looked up: a text
// that needs its DTD to be understood is not understood.
bool uses_own_entity(std::string_view text) {
    for (std::size_t at = text.find('&'); at != text.npos; at = text.find('&', at + 1)) {
        const std::string_view name = text.substr(at + 1, text.substr(at + 1, 64).find(';'));
        const bool known = name == "amp" || name == "lt" || name == "gt" || name == "quot" ||
                           name == "apos" || name.starts_with('#');
        const bool is_name = !name.empty() && name.size() < 64 &&
                             name.find_first_not_of(
                                 "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
        if (!known && is_name && at + 1 + name.size() < text.size()) return true;
    }
    return false;
}

class Reader {
  public:
    explicit Reader(Tree& tree) : tree_(tree), builder_(tree) {}

    void document(const pugi::xml_node& root) {
        builder_.begin(Node::Kind::object);
        builder_.key(keep(local_name(root.name())));
        element(root, 1);
        builder_.end();
    }

  private:
    std::string_view keep(std::string_view text) { return tree_.arena().copy(text); }

    // All text directly inside, pieces trimmed and joined by a blank.
    std::string own_text(const pugi::xml_node& node) {
        std::string text;
        for (const auto& child : node.children()) {
            if (child.type() != pugi::node_pcdata && child.type() != pugi::node_cdata) continue;
            const Text piece = clean_text(child.value(), tree_.arena());
            if (!piece) continue;
            if (!text.empty()) text.push_back(' ');
            text += *piece;
        }
        return text;
    }

    void element(const pugi::xml_node& node, std::size_t depth) {
        const std::string text = own_text(node);
        const bool has_elements = !node.find_child([](const pugi::xml_node& child) {
                                           return child.type() == pugi::node_element;
                                       })
                                       .empty();
        bool has_attributes = false;
        for (const auto& attribute : node.attributes())
            has_attributes |= !declares_namespace(attribute.name());
        if (depth >= kMaxDepth || builder_.full() || (!has_elements && !has_attributes)) {
            return builder_.string(keep(text));
        }
        builder_.begin(Node::Kind::object);
        attributes(node);
        if (has_elements) children(node, depth);
        if (!text.empty()) member("#text", text);
        builder_.end();
    }

    void attributes(const pugi::xml_node& node) {
        for (const auto& attribute : node.attributes()) {
            if (declares_namespace(attribute.name())) continue;
            member("@" + std::string(local_name(attribute.name())), attribute.value());
        }
    }

    void member(std::string_view name, std::string_view text) {
        builder_.key(keep(name));
        builder_.string(keep(text));
    }

    // Elements of one name stand together, where the first of them stood.
    void children(const pugi::xml_node& node, std::size_t depth) {
        std::vector<std::vector<pugi::xml_node>> groups;
        std::unordered_map<std::string_view, std::size_t> group_of;
        for (const auto& child : node.children()) {
            if (child.type() != pugi::node_element) continue;
            const auto [at, fresh] = group_of.emplace(local_name(child.name()), groups.size());
            if (fresh) groups.emplace_back();
            groups[at->second].push_back(child);
        }
        for (const auto& group : groups) {
            builder_.key(keep(local_name(group.front().name())));
            if (group.size() == 1) {
                element(group.front(), depth + 1);
                continue;
            }
            builder_.begin(Node::Kind::array);
            for (const auto& child : group)
                element(child, depth + 2);
            builder_.end();
        }
    }

    Tree& tree_;
    TreeBuilder builder_;
};

}  // namespace

bool parse_xml(std::string_view text, bool keep_partial, Tree& tree) {
    if (uses_own_entity(text)) return false;
    pugi::xml_document document;
    const auto result =
        document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
    const pugi::xml_node root = document.document_element();
    if ((!result && !keep_partial) || root.empty()) return false;
    Reader(tree).document(root);
    return true;
}

}  // namespace errgate::mapping
