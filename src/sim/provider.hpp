// Simulated payment providers: pure functions from a request to the answer their documents
// describe.
#pragma once

#include "http/head.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errgate::sim {

// Views only have to live for the call.
struct Request {
    std::string_view method;
    std::string_view path;  // without the query
    const http::Fields& fields;
    std::string_view body;
};

// How an answer leaves the server. Everything but `whole` is what a broken network looks like.
enum class Delivery {
    whole,
    cut_short,  // the declared length is never reached: half the body, then the connection closes
    no_answer,  // the connection closes without a byte
};

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> fields;  // without Content-Length and Date
    std::string body;
    Delivery delivery = Delivery::whole;
};

// One answer a request can ask for by name.
struct Case {
    std::string name;
    Response response;
};

// One provider. Immutable, made once, shared by all threads.
struct Provider {
    std::string name;   // also the name of the shipped dialect that reads it
    std::string shape;  // how it reports a failure, for people
    std::vector<Case> cases;
    // The case a request runs into by itself (no credentials, an amount below the minimum ...);
    // empty: none.
    std::string (*implied_case)(const Request& request);
    Response (*success)(const Request& request);
    // A case name as the client wrote it -> as the table has it.
    std::string (*case_name)(std::string_view asked, const Request& request);
};

// In order: the case named by the field `X-Sim-Error`; the case named by the path's last segment
// (letter case does not matter); the case the request implies; success.
// `X-Sim-Status: N` replaces the status of whichever it is.
Response answer(const Provider& provider, const Request& request);

// kiotapay, kineticpay, license_pos, six_digit, kira.
std::span<const Provider> providers();
const Provider* find_provider(std::string_view name);  // nullptr: no such provider

}  // namespace errgate::sim
