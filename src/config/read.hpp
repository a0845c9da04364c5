// Document -> model: types, ranges and unknown keys; every problem at once.
#pragma once

#include "config/model.hpp"
#include "config/reader.hpp"

namespace errgate::config {

// The model is complete only when nothing was reported.
Model read_model(const Value& root, Report& report);

// Parts of it, each in a file of its own.
std::vector<UpstreamModel> read_upstreams(MappingReader& root);
void read_route_options(MappingReader& reader, RouteOptions& options);
std::vector<RouteModel> read_routes(MappingReader& root, const RouteOptions& defaults);
void read_edits(MappingReader& headers, std::string_view direction, http::FieldEdits& edits);
// A header's name must be a token (RFC 9110 5.1).
bool check_field_name(Report& report, Mark mark, const std::string& path, std::string_view name);

constexpr std::size_t kMaxEntries = 65'535;     // routes and upstreams are numbered in 16 bits
constexpr Millis kLongest{24LL * 3600 * 1000};  // no duration in the file is longer than a day

}  // namespace errgate::config
