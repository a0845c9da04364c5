// The page about the mapping language names every key and every operation there is.
#include "mapping/pipe.hpp"
#include "support/source_path.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace errgate::config {
namespace {

std::string file(std::string_view path) {
    std::ifstream in(test::source_path(path));
    EXPECT_TRUE(in) << path;
    return {std::istreambuf_iterator<char>(in), {}};
}

void collect_keys(const nlohmann::json& schema, std::set<std::string>& keys) {
    for (const auto& [name, value] : schema.items()) {
        if (name == "properties" && value.is_object()) {
            for (const auto& [key, unused] : value.items())
                keys.insert(key);
        }
        if (value.is_structured()) collect_keys(value, keys);
    }
}

std::set<std::string> words(const std::string& text) {
    std::set<std::string> found;
    std::string word;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
            word.push_back(c);
        } else {
            found.insert(std::exchange(word, {}));
        }
    }
    return found;
}

TEST(LanguagePage, NamesEveryKeyOfTheSchemaAndEveryOperation) {
    std::set<std::string> keys;
    collect_keys(nlohmann::json::parse(file("config/schema/mapping.json")), keys);
    for (const auto& [name, unused] : mapping::text_ops())
        keys.insert(std::string(name));
    EXPECT_GT(keys.size(), 70U);
    const auto said = words(file("config/dialects/LANGUAGE.md"));
    for (const std::string& key : keys)
        EXPECT_TRUE(said.contains(key)) << key;
}

}  // namespace
}  // namespace errgate::config
