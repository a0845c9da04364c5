// compare_load: sends requests to 127.0.0.1 and prints what came back as one line of JSON.
//
//   --port N --path /256 [--method GET] [--upload BYTES] [--expect 200] [--body BYTES]
//   --connections N --requests N
//   --churn 1     a new connection for each request
//   --rate N      N requests a second, latencies from the moment each was due
//   --hold 1      a connection for each request, all kept open, idle, until stdin ends

#include "load_client.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace {

using compare::Arguments;
using compare::LoadOptions;
using compare::LoadResult;

/// As many open files as the system lets us have.
void raise_file_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

LoadOptions options_from(Arguments& arguments) {
    LoadOptions options;
    options.port = arguments.port("port");
    options.method = arguments.text("method", "GET");
    options.path = arguments.text("path", "/");
    options.upload_bytes = arguments.number("upload", 0);
    options.expected = arguments.text("expect", "200");
    options.expected_body = arguments.number("body", 0);
    options.requests = std::max<std::uint64_t>(1, arguments.number("requests", 1));
    options.connections =
        std::clamp<std::uint64_t>(arguments.number("connections", 1), 1, options.requests);
    options.rate = arguments.number("rate", 0);
    options.churn = arguments.number("churn", 0) != 0;
    options.hold = arguments.number("hold", 0) != 0;
    if (options.hold) options.connections = options.requests;
    return options;
}

double percentile_us(const std::vector<std::uint64_t>& sorted, double share) {
    const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return static_cast<double>(sorted[std::min(at, sorted.size() - 1)]) / 1000.0;
}

void print(LoadResult& result) {
    std::sort(result.latencies_ns.begin(), result.latencies_ns.end());
    std::printf("{\"requests\":%zu,\"seconds\":%.6f,\"body_bytes\":%llu,\"statuses\":{",
                result.latencies_ns.size(), static_cast<double>(result.elapsed_ns) / 1e9,
                static_cast<unsigned long long>(result.body_bytes));
    const char* separator = "";
    for (const auto& [status, count] : result.statuses) {
        std::printf("%s\"%d\":%llu", separator, status, static_cast<unsigned long long>(count));
        separator = ",";
    }
    std::printf("},\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f}\n",
                percentile_us(result.latencies_ns, 0.5), percentile_us(result.latencies_ns, 0.99),
                percentile_us(result.latencies_ns, 0.999), percentile_us(result.latencies_ns, 1.0));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    raise_file_limit();
    Arguments arguments(argc, argv);
    const LoadOptions options = options_from(arguments);
    arguments.end();

    compare::LoadClient client(options);
    LoadResult result = client.run();
    print(result);
    while (options.hold && std::getchar() != EOF) {
    }
}
