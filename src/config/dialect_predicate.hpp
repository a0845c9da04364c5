// Conditions of a mapping file -> compiled predicates.
#pragma once

#include "config/reader.hpp"
#include "mapping/predicate.hpp"

#include <string>

namespace errgate::config {

// In a rule's `match`, `type` names what the format extracted; elsewhere it is a test of pointers.
enum class TypeKey { is_test, is_taken };

// Asks the reader for every key of a predicate; the caller adds its own keys and finishes it.
mapping::Predicate read_tests(MappingReader& reader, TypeKey type = TypeKey::is_test);

mapping::Predicate read_predicate(Report& report, const Value& value, const std::string& path);

// The predicate under a key; one that always holds when the key is not there.
mapping::Predicate read_predicate(MappingReader& reader, std::string_view key);

}  // namespace errgate::config
