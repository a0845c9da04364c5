// If-Match of a reload.
#include "admin/reload.hpp"

namespace errgate::admin {

bool matches(const std::string& if_match, const std::string& hash) {
    if (if_match.empty()) return true;
    for (std::size_t begin = 0; begin <= if_match.size();) {
        const std::size_t end = std::min(if_match.find(',', begin), if_match.size());
        std::string_view tag(if_match.data() + begin, end - begin);
        while (tag.starts_with(' ') || tag.starts_with('\t'))
            tag.remove_prefix(1);
        while (tag.ends_with(' ') || tag.ends_with('\t'))
            tag.remove_suffix(1);
        if (tag.size() >= 2 && tag.starts_with('"') && tag.ends_with('"'))
            tag = tag.substr(1, tag.size() - 2);
        if (tag == "*" || tag == hash) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace errgate::admin
