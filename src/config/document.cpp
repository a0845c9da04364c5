#include "config/document.hpp"

#include "config/text_check.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <unordered_map>

namespace errgate::config {
namespace {

constexpr std::size_t kMaxValues = 100'000;
constexpr std::size_t kMaxTextBytes = 2 * kMaxFileBytes;
constexpr std::size_t kMaxDepth = 64;

// Leaves yaml-cpp's parser: what follows could not be trusted or would cost too much.
struct Stop : std::runtime_error {
    Stop(Mark at, const std::string& message) : std::runtime_error(message), mark(at) {}
    Mark mark;
};

Mark to_mark(const YAML::Mark& mark) {
    return {mark.line + 1, mark.column + 1};
}

struct Size {
    std::size_t values = 0;
    std::size_t text_bytes = 0;
    std::size_t depth = 0;  // levels of lists and mappings
};

Size measure(const Value& value) {
    const bool nests = value.kind == Value::Kind::sequence || value.kind == Value::Kind::mapping;
    Size size{1, value.text.size(), nests ? 1U : 0U};
    const auto add = [&size](const Value& child) {
        const Size inner = measure(child);
        size.values += inner.values;
        size.text_bytes += inner.text_bytes;
        size.depth = std::max(size.depth, inner.depth + 1);
    };
    for (const auto& item : value.items)
        add(item);
    for (const auto& [key, member] : value.members) {
        size.text_bytes += key.size();
        add(member);
    }
    return size;
}

// Builds the tree from the parser's events. Problems that leave the tree readable are collected;
// Stop is thrown for the others.
class TreeBuilder : public YAML::EventHandler {
  public:
    TreeBuilder(const std::string& file, std::vector<Problem>& problems)
        : file_(file), problems_(problems) {}

    Value take_root() { return std::move(root_); }
    Mark last_mark() const { return last_mark_; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) throw Stop(to_mark(mark), "the file has more than one document");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Value value;
        value.mark = to_mark(mark);
        if (wants_key()) return reject_key(value.mark);
        if (in_mapping()) value.mark = stack_.back().key_mark;  // yaml-cpp gives the next token's
        complete(std::move(value), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const Mark at = to_mark(mark);
        if (wants_key()) return reject_key(at);
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) throw Stop(at, "an anchor cannot contain itself");
        const Size size = measure(found->second);
        if (stack_.size() + size.depth > kMaxDepth) throw too_deep(at);
        count(size, at);
        attach(found->second);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        const Mark at = last_mark_ = to_mark(mark);
        check_tag(tag, at);
        count({1, text.size(), 0}, at);
        if (wants_key()) return begin_member(text, at);
        Value value;
        value.kind = Value::Kind::scalar;
        value.mark = at;
        value.text = text;
        value.quoted = tag == "!";
        complete(std::move(value), anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Value::Kind::sequence, to_mark(mark), tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Value::Kind::mapping, to_mark(mark), tag, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    struct Frame {
        Value value;
        YAML::anchor_t anchor = YAML::NullAnchor;
        std::string path;
        std::unordered_map<std::string, Mark> keys{};  // seen so far
        bool has_key = false;
        bool drop = false;  // the value under the present key is not kept
        std::string key{};
        Mark key_mark{};
    };

    bool in_mapping() const {
        return !stack_.empty() && stack_.back().value.kind == Value::Kind::mapping;
    }
    bool wants_key() const { return in_mapping() && !stack_.back().has_key; }

    std::string child_path() const {
        if (stack_.empty()) return "";
        const Frame& top = stack_.back();
        if (top.value.kind == Value::Kind::sequence) {
            return top.path + "[" + std::to_string(top.value.items.size()) + "]";
        }
        return top.path.empty() ? top.key : top.path + "." + top.key;
    }

    void report(Mark mark, std::string path, std::string message) {
        problems_.push_back({file_, mark, std::move(path), std::move(message)});
    }

    static Stop too_deep(Mark at) { return {at, "nested deeper than 64 levels"}; }

    void check_tag(const std::string& tag, Mark at) {
        if (tag.empty() || tag == "?" || tag == "!") return;
        report(at, child_path(), "YAML tags are not supported; quote a text to keep it one");
    }

    void count(const Size& size, Mark at) {
        values_ += size.values;
        text_bytes_ += size.text_bytes;
        if (values_ > kMaxValues) {
            throw Stop(at, "more than 100000 values, aliases expanded");
        }
        if (text_bytes_ > kMaxTextBytes) {
            throw Stop(at, "more than 16 MiB of text, aliases expanded");
        }
    }

    void begin_member(const std::string& key, Mark at) {
        Frame& top = stack_.back();
        top.has_key = true;
        top.key = key;
        top.key_mark = at;
        const auto [first, added] = top.keys.emplace(key, at);
        if (added) return;
        top.drop = true;
        report(at, child_path(),
               "duplicate key, first at line " + std::to_string(first->second.line) + ", column " +
                   std::to_string(first->second.column));
    }

    void reject_key(Mark at) {
        Frame& top = stack_.back();
        report(at, top.path, "a key must be a plain or quoted text");
        top.has_key = true;
        top.drop = true;
        top.key = "?";
        top.key_mark = at;
    }

    void open(Value::Kind kind, Mark at, const std::string& tag, YAML::anchor_t anchor) {
        last_mark_ = at;
        if (stack_.size() >= kMaxDepth) throw too_deep(at);
        check_tag(tag, at);
        count({1, 0, 0}, at);
        Frame frame;
        frame.value.kind = kind;
        frame.value.mark = at;
        frame.anchor = anchor;
        frame.path = wants_key() ? stack_.back().path : child_path();
        stack_.push_back(std::move(frame));
    }

    void close() {
        Frame frame = std::move(stack_.back());
        stack_.pop_back();
        if (wants_key()) return reject_key(frame.value.mark);
        complete(std::move(frame.value), frame.anchor);
    }

    void complete(Value value, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) anchors_[anchor] = value;
        attach(std::move(value));
    }

    void attach(Value value) {
        if (stack_.empty()) {
            root_ = std::move(value);
            return;
        }
        Frame& top = stack_.back();
        if (top.value.kind == Value::Kind::sequence) {
            top.value.items.push_back(std::move(value));
            return;
        }
        if (!top.drop) {
            top.value.members.emplace_back(std::move(top.key), std::move(value));
            top.value.member_marks.push_back(top.key_mark);
        }
        top.has_key = top.drop = false;
    }

    const std::string& file_;
    std::vector<Problem>& problems_;
    Value root_;
    std::vector<Frame> stack_;
    std::map<YAML::anchor_t, Value> anchors_;
    std::size_t values_ = 0;
    std::size_t text_bytes_ = 0;
    int documents_ = 0;
    Mark last_mark_{1, 1};
};

int count_lines(std::string_view text) {
    int lines = 1;
    for (const char c : text)
        lines += c == '\n' ? 1 : 0;
    return lines;
}

// Is this line, from 1, of a YAML text indented with a tab? In JSON that is nothing unusual.
bool tab_indents(std::string_view text, int line) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] == '{' || text[first] == '[') return false;
    std::size_t begin = 0;
    for (int i = 1; i < line; ++i)
        begin = text.find('\n', begin) + 1;
    const std::string_view rest = text.substr(std::min(begin, text.size()));
    return rest.substr(0, rest.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

// yaml-cpp's wording, and its place unless that is behind the end of the text.
Problem syntax_problem(const YAML::Exception& error, const TreeBuilder& builder,
                       const std::string& file, std::string_view text) {
    const Mark mark = to_mark(error.mark);
    const std::string invalid = "not valid YAML or JSON: ";
    if (error.mark.is_null() || mark.line > count_lines(text)) {
        return {file, builder.last_mark(), "",
                invalid + "a quote or bracket opened here or later is never closed"};
    }
    const std::string_view hint =
        tab_indents(text, mark.line) ? "; a tab indents this line, YAML allows only spaces" : "";
    return {file, mark, "", invalid + error.msg + std::string(hint)};
}

bool has_content(std::string_view text) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find_first_not_of(" \t\r");
        if (first != std::string::npos && line[first] != '#') return true;
    }
    return false;
}

}  // namespace

Value parse_document(std::string_view text, const std::string& file,
                     std::vector<Problem>& problems) {
    if (!check_text(text, file, problems)) return {};
    if (!has_content(text)) {
        problems.push_back({file, {1, 1}, "", "the file is empty"});
        return {};
    }
    TreeBuilder builder(file, problems);
    try {
        // yaml-cpp takes the end of the text for the end of a single-quoted scalar; it refuses the
        // end-of-document marker there.
        std::istringstream in(join_surrogate_escapes(text) + "\n...\n");
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Stop& stop) {
        problems.push_back({file, stop.mark, "", stop.what()});
    } catch (const YAML::Exception& error) {
        problems.push_back(syntax_problem(error, builder, file, text));
    }
    return builder.take_root();
}

}  // namespace errgate::config
