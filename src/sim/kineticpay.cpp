// KineticPay: statuses only. Its document promises "an error type and error message" and no format,
// so these answers take the forms such an interface sends: nested, flat, HTML, text, nothing.
#include "sim/table.hpp"

namespace errgate::sim {
namespace {

Response page(int status, const std::string& title) {
    return {status,
            {{"Content-Type", "text/html; charset=utf-8"}},
            "<html><head><title>" + title + "</title></head><body><center><h1>" + title +
                "</h1></center><hr><center>openresty</center></body></html>",
            Delivery::whole};
}

std::vector<Case> cases() {
    return {
        {"401", json_response(401, R"({"error":{"type":"ip_not_allowed",)"
                                   R"("message":"This address is not on the allow list"}})")},
        {"403", json_response(403, R"({"message":"Incomplete data",)"
                                   R"("errors":{"amount":["is required"]}})")},
        {"404", page(404, "404 Not Found")},
        {"429", {429, {{"Retry-After", "12"}}, "", Delivery::whole}},
        {"500", {500, {{"Content-Type", "text/plain"}}, "Something went wrong", Delivery::whole}},
        {"502", page(502, "502 Bad Gateway")},
        {"503", page(503, "503 Service Temporarily Unavailable")},
        {"504", {504, {}, "", Delivery::whole}},
    };
}

std::string implied_case(const Request& request) {
    const bool writes = request.method == "POST" || request.method == "PATCH";
    return writes && !number_member(request.body, "amount") ? "403" : "";
}

Response success(const Request&) {
    return json_response(200, R"({"id":"bill_31","state":"paid"})");
}

}  // namespace

Provider make_kineticpay() {
    return {"kineticpay", "HTTP statuses; no body format documented",
            cases(),      implied_case,
            success,      same_case_name};
}

}  // namespace errgate::sim
