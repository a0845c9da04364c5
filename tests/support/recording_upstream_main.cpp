// A provider that can be killed: a program of its own, which writes the name (X-Op) of each
// operation to a file before it answers, so that the file outlives it.
//
//   recording_upstream PORT FILE
#include "support/script.hpp"
#include "support/strict_http.hpp"

#include <arpa/inet.h>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace errgate::test {
namespace {

// The port is that of an earlier life: connections of then may still be in TIME_WAIT.
int listen_on(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
    return ::listen(fd, 128) == 0 ? fd : -1;
}

void serve(Socket socket, int file) {
    std::string pending;
    for (;;) {
        const HeadResult parsed = parse_request_head(pending);
        if (!parsed.error.empty()) std::abort();
        if (!parsed.head || pending.size() < parsed.head->size + parsed.head->length) {
            if (socket.read_some(pending) != Socket::ReadStatus::data) return;
            continue;
        }
        const std::string line = first(parsed.head->fields, "X-Op") + "\n";
        pending.erase(0, parsed.head->size + static_cast<std::size_t>(parsed.head->length));
        if (::write(file, line.data(), line.size()) < 0) std::abort();
        if (!socket.write_all(format_response(200, {}, line))) return;
    }
}

int run(std::uint16_t port, const char* path) {
    const int file = ::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    const int listener = listen_on(port);
    if (file < 0 || listener < 0) return 1;
    std::cerr << "listening" << std::endl;
    for (;;) {
        const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd >= 0) std::thread(serve, Socket(fd), file).detach();
    }
}

}  // namespace
}  // namespace errgate::test

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    return errgate::test::run(static_cast<std::uint16_t>(std::atoi(argv[1])), argv[2]);
}
