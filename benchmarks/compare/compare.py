#!/usr/bin/env python3
"""Measures errgate against HAProxy, nginx, Caddy and a bare TCP relay; see benchmarks/README.md."""

import argparse
import json
import os
import platform
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path

import extras
import report
from peers import PROXIES, Bench, Peer, version_of
from processes import Failed, raise_file_limit
from scenarios import ROWS, Row, require_right

EXTRAS = ("idle", "latency", "scaling", "syscalls", "instructions", "start", "check")


def arguments() -> argparse.Namespace:
    keys = [row.key for row in ROWS] + list(EXTRAS)
    parser = argparse.ArgumentParser(description=__doc__, epilog="Scenarios: " + ", ".join(keys))
    parser.add_argument("--build", default="build/compare", help="CMake folder with the programs")
    parser.add_argument("--rounds", type=int, default=7, help="times that every proxy has its turn")
    parser.add_argument("--requests", type=int, default=30_000, help="a turn, for rows of 256 B")
    parser.add_argument("--only", default="", help="scenarios, separated by commas")
    parser.add_argument("--peers", default=",".join(PROXIES), help="proxies, separated by commas")
    parser.add_argument("--output", default=None, help="folder for result.json and result.svg (default: --build)")
    given = parser.parse_args()
    given.only = tuple(given.only.split(",")) if given.only else tuple(keys)
    given.peers = tuple(given.peers.split(","))
    for name, known in ((given.only, keys), (given.peers, PROXIES)):
        unknown = set(name) - set(known)
        if unknown:
            parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    if given.rounds < 1 or given.requests < 100:
        parser.error("at least one round and 100 requests")
    return given


def find_binaries(build: Path) -> dict[str, str]:
    """All programs by name. ERRGATE_BINARY names another errgate than the folder's."""
    programs = {name: build / "bin" / f"compare_{name}" for name in ("load", "upstream", "relay")}
    programs["errgate"] = Path(os.environ.get("ERRGATE_BINARY", build / "bin" / "errgate"))
    for path in programs.values():
        if not path.exists():
            raise Failed(f"{path} is missing: build first, benchmarks/compare/run.sh does")
    system_path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    found = {name: shutil.which(name, path=system_path) for name in ("haproxy", "nginx", "caddy")}
    return {**{name: str(path.resolve()) for name, path in programs.items()},
            **{name: path for name, path in found.items() if path}}


def skip(what: str, why: object) -> None:
    print(f"  skipped: {what}: {why}", file=sys.stderr)


def start_peers(bench: Bench, rows: list[Row], wanted: tuple[str, ...]) -> dict[str, Peer]:
    """Each proxy that the rows need, once; one that does not start is left out, with the reason."""
    running: dict[str, Peer] = {}
    for name in dict.fromkeys(column.peer for row in rows for column in row.columns):
        if name.removesuffix("_tls") not in wanted:
            continue
        try:
            running[name] = bench.start(name)
        except Failed as failure:
            if name == "errgate":
                raise
            skip(name, failure)
    return running


def measure_row(bench: Bench, row: Row, running: dict[str, Peer], given: argparse.Namespace) -> report.Measured:
    """Checks and warms every proxy, then gives each its turn, round after round."""
    columns = [column for column in row.columns if column.peer in running]
    for column in columns:
        peer = running[column.peer]
        require_right(peer.ports.get(column.port, peer.ports["plain"]), row, column)
        extras.cpu_us(bench, peer, column.port, row.arguments(column, given.requests // 10))
    measured = report.Measured(row, {column.title: [] for column in columns})
    for _ in range(given.rounds):
        for column in columns:
            cost = extras.cpu_us(bench, running[column.peer], column.port,
                                 row.arguments(column, given.requests))
            measured.samples[column.title].append(cost)
    return measured


def measure_rows(bench: Bench, given: argparse.Namespace) -> list[report.Measured]:
    rows = [row for row in ROWS if row.key in given.only]
    running = start_peers(bench, rows, given.peers)
    measured = []
    for row in rows:
        if not any(column.peer in running for column in row.columns):
            continue
        print(f"  {row.title}", file=sys.stderr)
        measured.append(measure_row(bench, row, running, given))
    for peer in running.values():
        peer.stop()
    return measured


def measure_extras(bench: Bench, given: argparse.Namespace, files: int) -> list[extras.Figure]:
    peers = tuple(name for name in given.peers if name in bench.binaries)
    effort = extras.Effort(given.rounds, given.requests, peers)
    figures = []
    for name in EXTRAS:
        if name not in given.only or ("errgate" not in peers and name in EXTRAS[2:]):
            continue
        print(f"  {name}", file=sys.stderr)
        measure = getattr(extras, name)
        figures += measure(bench, effort, files) if name == "idle" else measure(bench, effort)
    return figures


def machine(bench: Bench) -> dict:
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "?")
    versions = {name: version_of(path) for name, path in bench.binaries.items()
                if name in ("errgate", "haproxy", "nginx", "caddy")}
    return {"date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "cpu": model,
            "cores": len(bench.all_cores), "kernel": platform.release(), "versions": versions}


def write_results(given: argparse.Namespace, about: dict, measured: list[report.Measured],
                  figures: list[extras.Figure]) -> None:
    folder = Path(given.output or given.build)
    folder.mkdir(parents=True, exist_ok=True)
    result = {"machine": about, "rounds": given.rounds, "requests": given.requests,
              **report.as_json(measured, figures)}
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    caption = f"{about['cpu']}, one core; medians of {given.rounds} interleaved rounds"
    (folder / "result.svg").write_text(report.svg(measured, caption))
    print(f"\nwritten: {folder}/result.json, {folder}/result.svg")


def main() -> int:
    given = arguments()
    files = raise_file_limit()
    others = os.getloadavg()[0]
    if others > 0.5:
        print(f"warning: the machine is busy (load {others:.1f}): the ratios will be off", file=sys.stderr)
    try:
        bench = Bench(find_binaries(Path(given.build)))
    except Failed as failure:
        print(f"compare: {failure}", file=sys.stderr)
        return 1
    try:
        measured = measure_rows(bench, given)
        figures = measure_extras(bench, given, files)
        about = machine(bench)
    except Failed as failure:
        print(f"compare: {failure}", file=sys.stderr)
        return 1
    finally:
        bench.close()
    print(f"{about['cpu']}, {about['cores']} cores, Linux {about['kernel']}, {about['date']}")
    print("; ".join(about["versions"].values()) + "\n")
    for table in (report.cpu_table(measured) if measured else "",
                  report.figure_table(figures) if figures else "",
                  report.goal_table(measured, figures) if measured or figures else ""):
        if table:
            print(table + "\n")
    write_results(given, about, measured, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
