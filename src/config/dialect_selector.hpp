// Selectors of a mapping file -> compiled selectors.
#pragma once

#include "config/reader.hpp"
#include "mapping/selector.hpp"

#include <optional>
#include <string>

namespace errgate::config {

// Where a selector stands decides what it may name.
enum class SelectorPlace {
    response,  // the whole response
    element,   // one element of `details`: `@` and `@key` too
};

// Problems are reported, and then nothing comes back.
std::optional<mapping::Selector> read_selector(Report& report, const Value& value,
                                               const std::string& path,
                                               SelectorPlace place = SelectorPlace::response);

// The selector under a key, when the key is there.
std::optional<mapping::Selector> read_selector(MappingReader& reader, std::string_view key,
                                               SelectorPlace place = SelectorPlace::response);

}  // namespace errgate::config
