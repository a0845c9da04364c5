// Bytes of unknown encoding -> UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace errgate::mapping {

// A byte order mark decides (UTF-8, UTF-16 LE and BE) and is dropped. Otherwise valid UTF-8 is
// itself, and anything else is read as Latin-1. `complete` false: a character cut at the end does
// not make the rest invalid. Returns a view into `bytes` or into `storage`.
std::string_view to_utf8(std::string_view bytes, bool complete, std::string& storage);

}  // namespace errgate::mapping
