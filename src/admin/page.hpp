// The web page over the endpoints: the files of src/admin/page, built into the binary.
#pragma once

#include "admin/endpoints.hpp"
#include "base/embedded.hpp"

#include <span>
#include <string_view>
#include <utility>

namespace errgate::admin {

// The file behind "/" or "/page/NAME"; null when the path is none of the page's.
const base::EmbeddedFile* page_file(std::string_view path);

// The file, or 304 when an If-None-Match names the version it has.
Answer page_answer(const base::EmbeddedFile& file, std::string_view if_none_match);

// The fields that go with every file of the page. Scripts, styles and data come from this listener
// alone, nothing may be put into the page as markup, and nobody may frame it. A browser asks each
// time whether its copy is still good, so that a new binary's page is never mixed with an old
// one's.
std::span<const std::pair<std::string_view, std::string_view>> page_fields();

}  // namespace errgate::admin
