"""Processes that are measured: starting them on given cores, and what they used."""

import os
import resource
import subprocess
import time
from pathlib import Path


class Failed(Exception):
    """A measurement that cannot be made, or that would be wrong."""


def raise_file_limit() -> int:
    """Lets this process and its children open as many files as the system allows; gives that number."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Process:
    """A process with its children, pinned to `cores`; what it says on stderr is kept for errors."""

    def __init__(self, command: list[str], cores: set[int], output: Path):
        self.command = command
        self.output = output
        self.errors = output.with_suffix(".err")
        environment = {**os.environ, "XDG_CONFIG_HOME": str(output.parent),
                       "XDG_DATA_HOME": str(output.parent)}  # where Caddy keeps things
        with open(output, "wb") as out, open(self.errors, "wb") as err:
            self.popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cores))

    def pids(self) -> list[int]:
        """The process and all its descendants."""
        found = [self.popen.pid]
        for pid in found:
            try:
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
            except FileNotFoundError:
                continue
            found += [int(child) for child in children.split()]
        return found

    def cpu_ns(self) -> int:
        """CPU time of all threads, user and system, in nanoseconds as the scheduler counts it."""
        total = 0
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").iterdir():
                try:
                    total += int((task / "schedstat").read_text().split()[0])
                except (FileNotFoundError, ProcessLookupError):
                    continue
        return total

    def rss_bytes(self) -> int:
        """Resident memory, private and shared, of all its processes."""
        total = 0
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
        return total

    def require_alive(self) -> None:
        if self.popen.poll() is not None:
            said = self.errors.read_text(errors="replace").strip() or "(nothing on stderr)"
            raise Failed(f"{self.command[0]} ended with {self.popen.returncode}: {said[-600:]}")

    def printed_port(self) -> int:
        """The port that the process prints as its first line once it listens."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            text = self.output.read_text()
            if text.endswith("\n"):
                return int(text)
            self.require_alive()
            time.sleep(0.01)
        raise Failed(f"{self.command[0]} did not say its port")

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for who does not listen within ten seconds."""
        if self.popen.poll() is None:
            self.popen.terminate()
        try:
            self.popen.wait(10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
