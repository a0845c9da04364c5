"""The Debian package: built, looked into, unpacked, installed, and its service run and drained."""
import concurrent.futures
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import unittest

import support

REQUESTS = 300
HELD = 8
OUT = support.build_tree() / "package-test"
ROOT = OUT / "root"  # what the package unpacks to

# Installs, and purges once there is a line to read, in a copy-on-write view of this machine that ends
# with the command.
IN_OVERLAY = r"""
set -eu
mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root" || exit 99
mount --rbind /dev "$1/root/dev" && mount -t proc proc "$1/root/proc"
cp "$2" "$1/root/errgate.deb"
exec chroot "$1/root" sh -euc '
    dpkg --no-triggers --force-depends --install /errgate.deb >/dev/null
    echo installed
    read -r go_on
    dpkg --no-triggers --purge errgate >/dev/null
    test ! -e /usr/bin/errgate && test ! -e /etc/errgate/errgate.yaml && echo purged'
"""


class CannotInstall(Exception):
    pass


class Installed:
    """A view of this machine in which the package is installed."""

    def __init__(self):
        if os.geteuid() != 0:
            raise CannotInstall("needs root for a file system of its own")
        holder = OUT / "overlay"
        holder.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", IN_OVERLAY, "sh", holder, package()], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = self.process.stdout.readline()
        if said != "installed\n":
            _, errors = self.process.communicate()
            if self.process.returncode == 99:
                raise CannotInstall("this machine mounts no overlay: " + errors.strip())
            raise AssertionError(said + errors)
        self.root = pathlib.Path(f"/proc/{self.process.pid}/root")
        self.routes_file = self.root / "etc/errgate/errgate.yaml"

    def command(self, line):
        """The command, run in there as the unit runs it: as its user, without any capability."""
        (user,), (group,) = unit()["User"], unit()["Group"]
        return ["nsenter", f"--target={self.process.pid}", "--mount", "--root", "setpriv",
                f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs",
                "--bounding-set=-all", *shlex.split(line)]

    def maintainer_script(self, name, *arguments, path):
        """The package's script, finished: run as root with programs of `path` before the system's."""
        script = f"/var/lib/dpkg/info/errgate.{name}"
        return support.run("nsenter", f"--target={self.process.pid}", "--mount", "--root", "env", "--chdir=/",
                           f"PATH={path}:/usr/sbin:/usr/bin:/sbin:/bin", "sh", script, *arguments)

    def purge(self):
        """What came of it: "purged"."""
        output, errors = self.process.communicate("\n", timeout=support.PATIENCE)
        return (output + errors).strip()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


class Unpacked:
    """The package unpacked, for those who cannot install it."""

    def __init__(self):
        self.routes_file = ROOT / "etc/errgate/errgate.yaml"

    def command(self, line):
        return shlex.split(line.replace("/usr/", f"{ROOT}/usr/").replace("/etc/", f"{ROOT}/etc/"))

    def close(self):
        pass


def unit_settings(text):
    """NAME=value lines of a unit; a name given twice keeps both."""
    settings = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        settings.setdefault(name, []).append(value)
    return settings


def setUpModule():
    for tool in ("cpack", "dpkg-deb", "dpkg-shlibdeps", "file"):
        if not shutil.which(tool):
            raise unittest.SkipTest(f"{tool} is not installed")
    shutil.rmtree(OUT, ignore_errors=True)
    packed = support.run("cpack", "-G", "DEB", "-B", OUT, cwd=support.build_tree())
    if packed.returncode != 0:
        raise AssertionError(packed.stdout + packed.stderr)
    support.run("dpkg-deb", "--raw-extract", package(), ROOT).check_returncode()


def package():
    (deb,) = OUT.glob("*.deb")
    return deb


def unit():
    return unit_settings((ROOT / "lib/systemd/system/errgate.service").read_text())


class Package(unittest.TestCase):
    def test_depends_on_the_libraries_it_loads(self):
        depends = support.run("dpkg-deb", "--field", package(), "Depends").stdout
        for library in ("libc6", "libstdc++6", "libssl3", "adduser"):
            self.assertIn(library, depends)

    def test_holds_what_it_promises(self):
        for path in ("usr/bin/errgate", "etc/errgate/errgate.yaml",
                     "usr/share/doc/errgate/dialects/kira.yaml",
                     "usr/share/doc/errgate/copyright", "usr/share/man/man1/errgate.1.gz",
                     "usr/share/bash-completion/completions/errgate",
                     "usr/share/zsh/vendor-completions/_errgate"):
            self.assertGreater((ROOT / path).stat().st_size, 0, path)

    def test_the_routes_file_is_a_conffile(self):
        self.assertEqual((ROOT / "DEBIAN/conffiles").read_text(),
                         "/etc/errgate/errgate.yaml\n")

    def test_scripts_are_sound_shell(self):
        for name in ("postinst", "prerm", "postrm"):
            script = ROOT / "DEBIAN" / name
            self.assertEqual(support.run("sh", "-n", script).stderr, "", name)
            self.assertTrue(os.access(script, os.X_OK), name)

    def test_the_shipped_routes_file_is_valid(self):
        checked = support.run(ROOT / "usr/bin/errgate", "check",
                              ROOT / "etc/errgate/errgate.yaml")
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    def test_systemd_finds_nothing_wrong_with_the_unit(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        socket_unit = support.run("systemd-analyze", "verify", "--man=no",
                                  ROOT / "lib/systemd/system/errgate.socket")
        self.assertNotIn("errgate.socket:", socket_unit.stderr)
        copy = OUT / "errgate.service"
        text = (ROOT / "lib/systemd/system/errgate.service").read_text()
        copy.write_text(text.replace("/usr/bin/errgate", str(ROOT / "usr/bin/errgate")))
        verified = support.run("systemd-analyze", "verify", "--man=no", copy)
        self.assertEqual((verified.returncode, verified.stderr), (0, ""))
        rated = support.run("systemd-analyze", "security", "--offline=yes", "--threshold=15", copy)
        self.assertEqual(rated.returncode, 0, rated.stdout)  # 1.5 on systemd's scale

    def test_the_shortest_stop_is_longer_than_the_drain(self):
        (stop,) = unit()["TimeoutStopSec"]
        self.assertGreater(int(stop.removesuffix("s")), 30)  # drain.timeout by default

    def test_installs_and_purges(self):
        try:
            system = Installed()
        except CannotInstall as reason:
            self.skipTest(str(reason))
        self.addCleanup(system.close)
        self.assertRegex((system.root / "etc/passwd").read_text(),
                         r"(?m)^errgate:x:\d+:\d+:.*:/nonexistent:/usr/sbin/nologin$")
        checked = support.run(*system.command("errgate check /etc/errgate/errgate.yaml"))
        self.assertRegex(checked.stdout, r"^ok: /etc/errgate/errgate.yaml")
        self.assertEqual(system.purge(), "purged")


class Upgrade(unittest.TestCase):
    """What the scripts of the package ask of systemd, with programs in its place that write it down."""

    def setUp(self):
        try:
            self.system = Installed()
        except CannotInstall as reason:
            self.skipTest(str(reason))
        self.addCleanup(self.system.close)
        (self.system.root / "run/systemd/system").mkdir(parents=True, exist_ok=True)
        fakes = self.system.root / "fakes"
        fakes.mkdir()
        for program in ("systemctl", "deb-systemd-invoke"):
            self.fake(program, f'echo "{program} $*" >>/fakes/calls')
        # As systemd-run does, with the program under test and its words.
        self.fake("systemd-run", 'while [ "$1" != /usr/bin/errgate ]; do shift; done; exec "$@"')

    def fake(self, program, does):
        path = self.system.root / "fakes" / program
        path.write_text(f"#!/bin/sh\n{does}\n")
        path.chmod(0o755)

    def run_script(self, name, *arguments):
        """(what it said on stderr, what it asked for)"""
        done = self.system.maintainer_script(name, *arguments, path="/fakes")
        self.assertEqual(done.returncode, 0, done.stderr)
        calls = self.system.root / "fakes/calls"
        return done.stderr, calls.read_text().splitlines()

    def test_restarts_what_runs(self):
        said, calls = self.run_script("postinst", "configure", "0.0.1")
        self.assertEqual(said, "")
        self.assertIn("deb-systemd-invoke try-restart errgate.service", calls)

    def test_leaves_the_old_one_running_when_the_new_one_would_not_start(self):
        text = self.system.routes_file.read_text()
        self.system.routes_file.write_text(text.replace("\nroutes:", "\nruotes:"))
        said, calls = self.run_script("postinst", "configure", "0.0.1")
        self.assertIn("ruotes: unknown key", said)
        self.assertIn("NOT restarted", said)
        self.assertFalse([call for call in calls if "restart" in call])

    def test_restarts_nothing_that_does_not_run(self):
        self.fake("systemctl", 'echo "systemctl $*" >>/fakes/calls; [ "$2" != is-active ]')
        said, calls = self.run_script("postinst", "configure", "0.0.1")
        self.assertEqual(said, "")
        self.assertFalse([call for call in calls if "restart" in call])

    def test_removal_stops_the_socket_that_would_start_it_again(self):
        _, calls = self.run_script("prerm", "remove")
        self.assertEqual(calls, ["deb-systemd-invoke stop errgate.socket errgate.service"])

    def test_purge_leaves_no_enabled_unit_behind(self):
        _, calls = self.run_script("postrm", "purge")
        self.assertEqual(calls[0], "systemctl --quiet disable errgate.service errgate.socket")


class Service(support.TempDirCase):
    """ExecStart of the packaged unit, started as systemd would start it; where that is possible, in a
    system in which the package is installed."""

    def setUp(self):
        super().setUp()
        try:
            self.system = Installed()
        except CannotInstall:
            self.system = Unpacked()
        self.addCleanup(self.system.close)
        self.provider = support.Provider()
        self.addCleanup(self.provider.close)
        self.port, self.admin = support.free_port(), support.free_port()

    def edit_routes_file(self):
        """Addresses of this test in the shipped one, as an operator would write his own."""
        text = (ROOT / "etc/errgate/errgate.yaml").read_text()
        text = text.replace("address: 127.0.0.1:8080", f"address: 127.0.0.1:{self.port}")
        text = text.replace("address: 127.0.0.1:9464", f"address: 127.0.0.1:{self.admin}")
        text = text.replace("http://127.0.0.1:9001", f"http://127.0.0.1:{self.provider.port}")
        self.system.routes_file.write_text(text)

    def start_service(self):
        self.edit_routes_file()
        (line,) = unit()["ExecStart"]
        self.notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.notifications.close)
        self.notifications.settimeout(support.PATIENCE)
        name = f"errgate-package-test-{os.getpid()}"  # abstract: the same name in every root
        self.notifications.bind("\0" + name)
        process = self.start(self.system.command(line), stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, env={**os.environ, "NOTIFY_SOCKET": "@" + name})
        self.assertEqual(unit()["Type"], ["notify"])
        self.assertIn("READY=1", self.notifications.recv(4096).decode())
        return process

    def exec_reload(self, process):
        """ExecReload of the unit, finished."""
        (line,) = unit()["ExecReload"]
        return support.run(*self.system.command(line.replace("$MAINPID", str(process.pid))))

    def reload(self, process):
        """ExecReload, and what systemd is told."""
        done = self.exec_reload(process)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("RELOADING=1", self.notifications.recv(4096).decode())
        self.assertIn("READY=1", self.notifications.recv(4096).decode())
        metrics = support.get(self.admin, "/metrics")[1]
        self.assertIn('errgate_config_reloads_total{result="success"} 1', metrics)

    def test_reload_fails_when_it_is_refused(self):
        process = self.start_service()
        good = self.system.routes_file.read_text()
        self.system.routes_file.write_text(good.replace("\nroutes:", "\nruotes:"))
        refused = self.exec_reload(process)
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, r"/etc/errgate/errgate\.yaml:\d+:1: ruotes: unknown key")
        self.assertEqual(support.get(self.admin, "/readyz")[0], 200)
        self.system.routes_file.write_text(good)
        self.assertEqual(self.exec_reload(process).returncode, 0)

    def test_serves_reloads_and_drains_without_a_failed_request(self):
        process = self.start_service()
        if isinstance(self.system, Installed):
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            self.assertRegex(status, r"(?m)^Uid:\t[1-9]")
            self.assertRegex(status, r"(?m)^CapEff:\t0+$")
        program = ROOT / "usr/bin/errgate"
        health = support.run(program, "health", "--admin", f"127.0.0.1:{self.admin}")
        self.assertEqual((health.returncode, health.stdout), (0, '{"status":"ready"}\n'))

        with concurrent.futures.ThreadPoolExecutor(HELD) as clients:
            def fetch(target):
                return support.get(self.port, f"/kiotapay/{target}")
            answers = [clients.submit(fetch, "pay") for _ in range(REQUESTS)]
            self.reload(process)
            self.assertEqual([a.result()[0] for a in answers], [200] * REQUESTS)

            held = [clients.submit(fetch, "held") for _ in range(HELD)]
            for _ in range(HELD):
                self.assertTrue(self.provider.held.acquire(timeout=support.PATIENCE))
            process.send_signal(signal.SIGTERM)
            support.wait_until(lambda: support.get(self.admin, "/readyz")[0] != 200, "draining")
            self.provider.release.set()
            self.assertEqual([answer.result()[0] for answer in held], [200] * HELD)
        self.assertEqual(process.wait(support.PATIENCE), 0, process.stderr.read())

        health = support.run(program, "health", "--admin", f"127.0.0.1:{self.admin}")
        self.assertEqual(health.returncode, 1)
        self.assertIn("no answer from", health.stderr)


if __name__ == "__main__":
    support.main()
