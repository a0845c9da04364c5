"""What is measured besides CPU time a request: memory, latency, scaling, system calls, instructions, start."""

import http.client
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Callable

from peers import Bench, Peer, free_port
from processes import Failed
from scenarios import ERRGATE, HAPROXY, HAPROXY_LOG, NGINX, NGINX_LOG, CADDY, RELAY, Column

MAIN_COLUMNS = (ERRGATE, HAPROXY_LOG, NGINX_LOG, CADDY, RELAY)
SATURATED = {"path": "/256", "body": 256, "connections": 64}
AT_2000 = {**SATURATED, "rate": 2000}


@dataclass
class Figure:
    """One number of the report."""

    row: str
    column: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False  # the goal is a lower bound

    def met(self) -> bool:
        return self.goal is None or (
            self.value >= self.goal if self.at_least else self.value <= self.goal)


@dataclass
class Effort:
    """How much of it: from the command line."""

    rounds: int
    requests: int
    peers: tuple[str, ...]

    def of(self, columns: tuple[Column, ...]) -> list[Column]:
        return [column for column in columns if column.peer in self.peers]


def idle(bench: Bench, effort: Effort, files: int) -> list[Figure]:
    """Resident memory that each idle keep-alive connection adds to a fresh proxy."""
    count = min(10_000, files // 2 - 500)
    figures = []
    for column in effort.of((ERRGATE, HAPROXY, NGINX, CADDY)):
        peer = bench.start(column.peer)
        try:
            bench.load(peer.ports["plain"], {**SATURATED, "requests": 2000})
            before = peer.process.rss_bytes()
            holder = subprocess.Popen(
                bench.load_command(peer.ports["plain"], {**SATURATED, "requests": count,
                                                         "hold": 1}),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                preexec_fn=bench.on_load_cores)
            opened = holder.stdout.readline()
            added = peer.process.rss_bytes() - before
            holder.communicate()
            if not opened:
                raise Failed(f"{column.title}: {count} connections could not be opened")
            figures.append(Figure(f"memory of an idle connection (of {count})", column.title,
                                  added / count, "B", 2048 if column is ERRGATE else None))
        finally:
            peer.stop()
    return figures


def latency(bench: Bench, effort: Effort) -> list[Figure]:
    """Latency at 2 000 requests a second over that of the upstream alone, and the CPU time of it."""
    columns = effort.of(MAIN_COLUMNS)
    running = {column: bench.start(column.peer) for column in columns}
    requests = max(1000, min(effort.requests, 10_000))
    samples: dict[str, list[dict]] = {}
    try:
        for _ in range(effort.rounds):
            direct = bench.load(bench.upstream_port, {**AT_2000, "requests": requests})
            for column, peer in running.items():
                before = peer.process.cpu_ns()
                seen = bench.load(peer.ports[column.port], {**AT_2000, "requests": requests})
                added = {name: seen[name] - direct[name] for name in ("p50_us", "p99_us", "p999_us")}
                added["cpu_us"] = (peer.process.cpu_ns() - before) / requests / 1000
                samples.setdefault(column.title, []).append(added)
    finally:
        for peer in running.values():
            peer.stop()
    rows = {"p50_us": "latency added at 2 000/s, median", "p99_us": "the same, 99 %",
            "p999_us": "the same, 99.9 %", "cpu_us": "CPU time a request at 2 000/s"}
    return [Figure(title, column, statistics.median(one[name] for one in many), "us")
            for name, title in rows.items() for column, many in samples.items()]


def scaling(bench: Bench, effort: Effort) -> list[Figure]:
    """Requests a CPU second with two workers, as a share of those with one."""
    costs: dict[int, list[float]] = {1: [], 2: []}
    peers = {1: bench.start("errgate", 1), 2: bench.start("errgate", 2, set(bench.all_cores[:2]))}
    try:
        for round_number in range(effort.rounds + 1):
            for workers, peer in peers.items():
                cost = cpu_us(bench, peer, "plain", {**SATURATED, "requests": effort.requests})
                if round_number > 0:
                    costs[workers].append(cost)
    finally:
        for peer in peers.values():
            peer.stop()
    share = statistics.median(costs[1]) / statistics.median(costs[2])
    return [Figure("requests a CPU second, 2 workers : 1", "errgate", share, "", 0.92, True)]


def syscalls(bench: Bench, effort: Effort) -> list[Figure]:
    """System calls a request, counted by strace in runs of their own."""
    if not shutil.which("strace"):
        return []
    requests = max(1000, min(effort.requests, 6000))
    figures = []
    for column in effort.of((ERRGATE, HAPROXY_LOG, NGINX_LOG, RELAY)):
        peer = bench.start(column.peer)
        try:
            for title, load, goal in (("saturated", SATURATED, 6.5), ("at 2 000/s", AT_2000, None)):
                bench.load(peer.ports[column.port], {**SATURATED, "requests": 500})
                calls = traced_calls(bench, peer, peer.ports[column.port],
                                     {**load, "requests": requests})
                figures.append(Figure(f"system calls a request, {title}", column.title, calls / requests,
                                      "", goal if column is ERRGATE else None))
        finally:
            peer.stop()
    return figures


def traced_calls(bench: Bench, peer: Peer, port: int, load: dict) -> int:
    summary = bench.folder / "strace.txt"
    pids = ",".join(str(pid) for pid in peer.process.pids())
    tracer = bench.spawn(["strace", "-f", "-c", "-U", "name,calls", "-o", str(summary), "-p", pids],
                         bench.load_cores)
    wait_until(lambda: "attached" in tracer.errors.read_text(), "strace did not attach")
    time.sleep(0.2)  # it names each thread it attached to; there is no last word
    bench.load(port, load)
    tracer.popen.send_signal(signal.SIGINT)
    tracer.popen.wait(30)
    total = re.search(r"^\s*total\s+(\d+)|^\s*(\d+)\s+total", summary.read_text(), re.MULTILINE)
    if not total:
        raise Failed(f"strace: {summary.read_text()[:300]}")
    return int(total[1] or total[2])


INSTRUCTION_CASES = {  # what is asked for, the status expected, the goal
    "success of 256 B": ("/256", "200", 20_000),
    "error of 200 B": ("/402", "402", 40_000),
    "answer of an open breaker": ("/dead", "502,503", None),
}


def instructions(bench: Bench, effort: Effort) -> list[Figure]:
    """errgate's instructions in user mode a request."""
    if not shutil.which("valgrind"):
        print("  valgrind is not installed: no count of instructions", file=sys.stderr)
        return []
    counted = count_requests(bench)
    figures = [Figure(f"instructions (user) a request, {case}", "errgate", count, "",
                      INSTRUCTION_CASES[case][2]) for case, count in counted.items()]
    share = counted["answer of an open breaker"] / counted["success of 256 B"]
    return figures + [Figure("instructions (user), open breaker : success of 256 B", "errgate", share, "", 0.10)]


def count_requests(bench: Bench) -> dict[str, float]:
    """Instructions a request by case: what more requests add, under callgrind."""
    few, many = 300, 1300
    counted = {}
    for case, (path, expect, _) in INSTRUCTION_CASES.items():
        load = {"path": path, "expect": expect, "connections": 8}
        counts = [count_instructions(bench, {**load, "requests": n}) for n in (few, many)]
        counted[case] = (counts[1] - counts[0]) / (many - few)
    return counted


def count_instructions(bench: Bench, load: dict) -> int:
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={bench.folder}/callgrind.out"]
    peer = bench.start("errgate", before=tool)
    try:
        bench.load(peer.ports["plain"], load)
    finally:
        peer.stop()
    collected = re.search(r"Collected : (\d+)", peer.process.errors.read_text())
    if not collected:
        raise Failed("callgrind gave no count: " + peer.process.errors.read_text()[-300:])
    return int(collected[1])


def start(bench: Bench, effort: Effort) -> list[Figure]:
    """From exec to the first answer that came through the proxy."""
    times = []
    for _ in range(max(3, effort.rounds)):
        began = time.monotonic()
        peer = bench.start("errgate")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", peer.ports["plain"], timeout=10)
            connection.request("GET", "/256")
            status = connection.getresponse().status
            times.append(time.monotonic() - began)
            if status != 200:
                raise Failed(f"the first answer has status {status}")
        finally:
            peer.stop()
    return [Figure("start to first answer, all dialects", "errgate",
                   statistics.median(times) * 1000, "ms", 50)]


def check(bench: Bench, effort: Effort) -> list[Figure]:
    """`errgate check` of a file with 1 000 routes."""
    text = f"version: 1\nlisten: [{{address: 127.0.0.1:{free_port()}}}]\nupstreams:\n"
    text += "".join(f"  u{i}: {{url: 'http://127.0.0.1:{9000 + i}', dialect: stripe}}\n" for i in range(20))
    text += "routes:\n" + "".join(
        f"  - {{name: r{i}, match: {{path_prefix: /r{i}/}}, upstream: u{i % 20}, strip_prefix: /r{i}}}\n"
        for i in range(1000))
    path = bench.folder / "routes.yaml"
    path.write_text(text)
    times = []
    for _ in range(max(3, effort.rounds)):
        began = time.monotonic()
        subprocess.run([bench.binaries["errgate"], "check", path], check=True, capture_output=True)
        times.append(time.monotonic() - began)
    return [Figure("`errgate check` of 1 000 routes", "errgate", statistics.median(times) * 1000,
                   "ms", 200)]


def cpu_us(bench: Bench, peer: Peer, port: str, load: dict) -> float:
    """CPU microseconds of the proxy a request of this load."""
    before = peer.process.cpu_ns()
    try:
        seen = bench.load(peer.ports[port], load)
    except Failed as failure:
        raise Failed(f"{peer.name} ({port}): {failure}") from failure
    return (peer.process.cpu_ns() - before) / seen["requests"] / 1000


def wait_until(holds: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        if time.monotonic() > deadline:
            raise Failed(complaint)
        time.sleep(0.01)
