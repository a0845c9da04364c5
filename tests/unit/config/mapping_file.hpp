// Small mapping files for tests, what compiling them says, and what a dialect makes of a response.
#pragma once

#include "config/dialects.hpp"
#include "http/field_name.hpp"
#include "mapping/classify.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace errgate::config {

inline std::vector<std::string> mapping_problems(const std::vector<MappingSource>& files) {
    std::vector<Problem> problems;
    compile_mappings(files, problems);
    std::vector<std::string> out;
    for (const Problem& problem : problems)
        out.push_back(to_string(problem));
    return out;
}

// Line 1 version, 2 dialects, 3 the dialect d; `members` begins on line 4 and is indented by four.
inline std::string dialect_file(const std::string& members) {
    return "version: 1\ndialects:\n  d:\n" + members;
}

inline std::vector<std::string> problems_of_dialect(const std::string& members) {
    return mapping_problems({{"f", dialect_file(members)}});
}

// The only problem, or all of them in lines.
inline std::string problem_of_dialect(const std::string& members) {
    std::string all;
    for (const std::string& problem : problems_of_dialect(members))
        all += (all.empty() ? "" : "\n") + problem;
    return all;
}

inline DialectSet compile(const std::vector<MappingSource>& files) {
    std::vector<Problem> problems;
    DialectSet out = compile_mappings(files, problems);
    for (const Problem& problem : problems)
        ADD_FAILURE() << to_string(problem);
    return out;
}

struct Sent {
    int status = 400;
    std::string body{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string method = "POST";
    std::string path = "/";
};

inline mapping::Classification classify(const mapping::Dialect& dialect, const Sent& sent,
                                        mapping::Trace* trace = nullptr) {
    http::Fields fields;
    for (const auto& [name, value] : sent.headers)
        fields.push_back({http::field_name(name), name, value});
    return mapping::classify(dialect, {sent.method, sent.path}, {sent.status, fields, sent.body},
                             base::WallTime{}, trace);
}

}  // namespace errgate::config
