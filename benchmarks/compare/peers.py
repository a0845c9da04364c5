"""The proxies that are compared, the upstream behind them, and the load in front of them."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from processes import Failed, Process

PEERS = Path(__file__).resolve().parent / "peers"
PROXIES = ("errgate", "haproxy", "nginx", "caddy", "relay", "responder")


def free_port() -> int:
    """A port that is free now. It is not kept: whoever listens next may get it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for_port(port: int, process: Process, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        process.require_alive()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.001)
    raise Failed(f"{process.command[0]} does not listen on port {port}")


@dataclass
class Peer:
    """A running proxy: `ports` has one entry for each of its ways to be configured."""

    name: str
    process: Process
    ports: dict[str, int]

    def stop(self) -> None:
        self.process.stop()


class Bench:
    """One machine's worth of programs: folder, cores, upstreams; starts proxies and load."""

    def __init__(self, binaries: dict[str, str]):
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="errgate_compare_"))
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            raise Failed("needs two cores: one for the proxy, one for load and upstream")
        self.proxy_cores = {cores[0]}
        self.load_cores = set(cores[1:])
        self.all_cores = cores
        self.started: list[Process] = []
        self._make_certificate()
        self.upstream_port = self._start_upstream([])
        self.tls_upstream_port = self._start_upstream(
            ["--certificate", str(self.folder / "certificate.pem"),
             "--key", str(self.folder / "key.pem")])
        self.dead_port = free_port()

    def close(self) -> None:
        for process in self.started:
            process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def spawn(self, command: list[str], cores: set[int]) -> Process:
        output = self.folder / f"{len(self.started)}_{Path(command[0]).name}.out"
        process = Process(command, cores, output)
        self.started.append(process)
        return process

    def start(self, name: str, threads: int = 1, cores: set[int] | None = None,
              before: list[str] | None = None) -> Peer:
        """Starts a proxy and waits until it listens. `before`: a command that is to run it."""
        cores = cores or self.proxy_cores
        floors = {"relay": [self.binaries["relay"], "--upstream", str(self.upstream_port)],
                  "responder": [self.binaries["upstream"]]}  # in the proxies' place: asks nobody
        if name in floors:
            process = self.spawn(floors[name], cores)
            return Peer(name, process, {"plain": process.printed_port()})
        ports = {key: free_port() for key in ("plain", "log", "tls")}
        command = (before or []) + self._command(name, threads, ports)
        process = self.spawn(command, cores)
        wait_for_port(ports["plain"], process, 120 if before else 15)
        return Peer(name, process, ports)

    def load(self, port: int, arguments: dict[str, object]) -> dict:
        """Runs the load to its end; gives what it reports."""
        result = subprocess.run(self.load_command(port, arguments), capture_output=True, text=True,
                                stdin=subprocess.DEVNULL, preexec_fn=self.on_load_cores)
        if result.returncode != 0:
            raise Failed(f"{arguments.get('path')}: {result.stderr.strip()}")
        return json.loads(result.stdout)

    def load_command(self, port: int, arguments: dict[str, object]) -> list[str]:
        command = [self.binaries["load"], "--port", str(port)]
        for name, value in arguments.items():
            command += [f"--{name}", str(value)]
        return command

    def on_load_cores(self) -> None:
        os.sched_setaffinity(0, self.load_cores)

    def write_config(self, template: str, values: dict[str, object]) -> Path:
        """A configuration from peers/ with its `@NAME@`s filled in."""
        text = (PEERS / template).read_text()
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        path = self.folder / f"{values['PORT']}_{template}"
        path.write_text(text)
        return path

    def _command(self, name: str, threads: int, ports: dict[str, int]) -> list[str]:
        template = {"errgate": "errgate.yaml", "errgate_tls": "errgate_tls.yaml",
                    "haproxy": "haproxy.cfg", "nginx": "nginx.conf", "caddy": "Caddyfile"}[name]
        config = str(self.write_config(template, {
            "PORT": ports["plain"], "LOG_PORT": ports["log"], "TLS_PORT": ports["tls"],
            "ADMIN_PORT": free_port(), "UPSTREAM_PORT": self.upstream_port,
            "TLS_UPSTREAM_PORT": self.tls_upstream_port, "DEAD_PORT": self.dead_port,
            "THREADS": threads, "FOLDER": self.folder, "PEERS": PEERS,
            "USER": "user root;" if os.geteuid() == 0 else ""}))
        program = self.binaries[name.removesuffix("_tls")]
        return {
            "errgate": [program, "run", "--config", config],
            "errgate_tls": [program, "run", "--config", config],
            "haproxy": [program, "-q", "-db", "-f", config],
            "nginx": [program, "-p", str(self.folder), "-c", config],
            "caddy": [program, "run", "--adapter", "caddyfile", "--config", config],
        }[name]

    def _start_upstream(self, arguments: list[str]) -> int:
        process = self.spawn([self.binaries["upstream"], *arguments], self.load_cores)
        return process.printed_port()

    def _make_certificate(self) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", self.folder / "key.pem", "-out", self.folder / "certificate.pem"],
            check=True, capture_output=True)


def version_of(program: str) -> str:
    """What the program says it is, in one line."""
    flag = {"nginx": "-v", "haproxy": "-v", "caddy": "version"}.get(Path(program).name, "--version")
    said = subprocess.run([program, flag], capture_output=True, text=True)
    line = ((said.stdout + said.stderr).strip().splitlines() or ["?"])[0]
    return line if line[0].isalpha() else f"{Path(program).name} {line}"
