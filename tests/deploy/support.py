"""What the deployment tests share: the program under test, free ports, a scripted provider."""
import fcntl
import functools
import http.client
import http.server
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = SOURCE / "deploy"
PATIENCE = 60  # seconds until a condition that must come true counts as missed


def binary():
    """The program under test: ERRGATE_BINARY, or that of the build tree ctest runs in."""
    named = os.environ.get("ERRGATE_BINARY")
    return pathlib.Path(named or os.environ["ERRGATE_TREE"] + "/bin/errgate").resolve()


def build_tree():
    return binary().parents[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, poll=0.05):
    """The first true value of `condition`; fails after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(poll)
    raise AssertionError(f"still not so after {PATIENCE} s: {what}")


def run(*command, **options):
    """The finished process, with its output as text."""
    return subprocess.run([str(c) for c in command], capture_output=True, text=True,
                          timeout=PATIENCE, **options)


def npm_package(name, version):
    """(folder with the package in its node_modules, ""), installed into the build tree once; or (None, why not)."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None, "node or npm is not installed"
    folder = build_tree() / "node" / f"{name.replace('/', '_')}-{version}"
    if not (folder / "node_modules" / name / "package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            done = run(npm, "install", "--prefix", folder, "--ignore-scripts", "--no-audit",
                       "--no-fund", "--fetch-retries=0", f"{name}@{version}")
        except subprocess.TimeoutExpired:
            return None, "npm did not finish"
        if done.returncode != 0:
            return None, "npm cannot install it: " + done.stderr.strip()[-200:]
    return folder, ""


def get(port, target, **headers):
    """(status, body) of a GET on a connection of its own; (0, reason) when there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError as error:
        return 0, str(error)
    finally:
        connection.close()


@functools.cache
def npm_folder():
    """A folder with the packages of package-lock.json under node_modules; skips the test where npm is
    missing or cannot reach its registry. What is installed once is used again."""
    if not shutil.which("npm"):
        raise unittest.SkipTest("npm is not installed")
    source = pathlib.Path(__file__).parent
    folder = build_tree() / "deploy-npm"
    folder.mkdir(exist_ok=True)
    installed, wanted = folder / "installed", (source / "package-lock.json").read_text()
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # ctest may run two programs at a time
        if installed.exists() and installed.read_text() == wanted:
            return folder
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                              cwd=folder, capture_output=True, text=True, timeout=2 * PATIENCE)
        if done.returncode != 0:
            raise unittest.SkipTest("npm cannot install: " + done.stderr.strip()[-300:])
        installed.write_text(wanted)
    return folder


class Provider:
    """An upstream on a free port. /held waits for `release`; everything else answers at once."""

    def __init__(self):
        provider = self
        self.port = free_port()
        self.release = threading.Event()
        self.held = threading.Semaphore(0)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path.startswith("/held"):
                    provider.held.release()
                    provider.release.wait(PATIENCE)
                body = b'{"ok":true}'
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


class TempDirCase(unittest.TestCase):
    """A test case with a folder of its own in `self.folder`."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="errgate-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def start(self, command, **options):
        """A child process that is ended with the test."""
        process = subprocess.Popen([str(c) for c in command], text=True, **options)

        def end():
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()

        self.addCleanup(end)
        return process


def main():
    """Like unittest.main(), but a program that skipped everything says so to ctest (77)."""
    program = unittest.main(module="__main__", verbosity=2, exit=False)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    # A module that skips itself counts as one skipped and none run.
    sys.exit(77 if result.skipped and len(result.skipped) >= result.testsRun else 0)
