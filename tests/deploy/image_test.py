"""The container image, built and run by Docker: its last stage, around the package of this build
tree. ERRGATE_IMAGE=NAME tests an image that is there instead: the one of a whole `docker build`.

Pulls nothing: where there is no Docker, or no base image, it is skipped and says so."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import support

HELD = 8
REQUESTS = 200
BUILD_PATIENCE = 150  # seconds; apt fetches some packages
DOCKERFILE = (support.DEPLOY / "Dockerfile").read_text()
LAST_STAGE = DOCKERFILE[DOCKERFILE.rindex("\nFROM "):]
BASE = re.match(r"\nFROM (\S+)", LAST_STAGE)[1]
PACKAGE_FROM_BUILD = "COPY --from=build /build/package/errgate_*.deb "

image = None


def docker(*arguments):
    return support.run("docker", *arguments)


def need_engine():
    if not shutil.which("docker"):
        raise unittest.SkipTest("docker is not installed")
    asked = docker("info")
    if asked.returncode != 0:
        raise unittest.SkipTest("docker does not work: " + asked.stderr.strip()[-200:])


def built_for_base():
    """Is this machine what the base image is, so that this tree's program finds its libraries there?"""
    release = pathlib.Path("/etc/os-release").read_text()
    found = dict(re.findall(r'^(ID|VERSION_ID)="?([^"\n]*)', release, re.MULTILINE))
    return BASE.startswith(f"{found.get('ID')}:{found.get('VERSION_ID')}")


def build_last_stage(folder):
    """The image's name, once it is made of this tree's package."""
    packed = support.run("cpack", "-G", "DEB", "-B", folder / "packed", cwd=support.build_tree())
    if packed.returncode != 0:
        raise AssertionError(packed.stdout + packed.stderr)
    context = folder / "context"
    context.mkdir()
    (deb,) = (folder / "packed").glob("*.deb")
    shutil.copy(deb, context)
    if PACKAGE_FROM_BUILD not in LAST_STAGE:
        raise AssertionError("the last stage no longer takes the package as this test thinks")
    stage = LAST_STAGE.replace(PACKAGE_FROM_BUILD, "COPY errgate_*.deb ")
    (context / "Dockerfile").write_text(stage)
    name = f"errgate-image-test:{os.getpid()}"
    built = subprocess.run(["docker", "build", "-t", name, str(context)], capture_output=True,
                           text=True, timeout=BUILD_PATIENCE)
    said = built.stdout + built.stderr
    if built.returncode != 0 and re.search("Failed to fetch|Temporary failure resolving", said):
        raise unittest.SkipTest("a container cannot reach the package archive")
    if built.returncode != 0:
        raise AssertionError(said)
    unittest.addModuleCleanup(docker, "rmi", "--force", name)
    return name


def setUpModule():
    global image
    need_engine()
    image = os.environ.get("ERRGATE_IMAGE")
    if image:
        return
    if docker("image", "inspect", BASE).returncode != 0:
        raise unittest.SkipTest(f"there is no image {BASE} here, and tests pull none")
    if not built_for_base():
        raise unittest.SkipTest(f"what is built here is not for {BASE}")
    holder = tempfile.TemporaryDirectory(prefix="errgate-")
    unittest.addModuleCleanup(holder.cleanup)
    image = build_last_stage(pathlib.Path(holder.name))


def run_once(*arguments, options=()):
    """A container that ends by itself, as locked up as the README runs it."""
    return docker("run", "--rm", "--read-only", "--cap-drop", "ALL", *options, image,
                       *arguments)


class Image(unittest.TestCase):
    def test_checks_the_routes_file_it_brings(self):
        done = run_once("check", "/etc/errgate/errgate.yaml")
        self.assertRegex(done.stdout, "^ok: ")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_is_not_root(self):
        done = run_once("-u", options=("--entrypoint", "id"))
        self.assertEqual((done.returncode, done.stdout), (0, "65532\n"), done.stderr)

    def test_knows_the_authorities_that_providers_are_verified_by(self):
        done = run_once("-s", "/etc/ssl/certs/ca-certificates.crt", options=("--entrypoint", "test"))
        self.assertEqual(done.returncode, 0, done.stderr)


class Container(support.TempDirCase):
    """A gateway on this machine's network, so that ports are free ones and the provider is near."""

    def setUp(self):
        super().setUp()
        self.provider = support.Provider()
        self.addCleanup(self.provider.close)
        self.port, self.admin = support.free_port(), support.free_port()
        routes = self.folder / "errgate.yaml"
        routes.write_text(f"""version: 1
listen: [{{address: 127.0.0.1:{self.port}}}]
admin: {{address: 127.0.0.1:{self.admin}}}
upstreams: {{psp: {{url: http://127.0.0.1:{self.provider.port}, dialect: kiotapay}}}}
routes: [{{name: psp, match: {{path_prefix: /}}, upstream: psp}}]
""")
        routes.chmod(0o644)
        started = docker(
            "run", "--detach", "--network", "host", "--read-only", "--cap-drop", "ALL",
            "--health-cmd", "errgate health --config /etc/errgate/errgate.yaml",
            "--health-interval", "1s", "-v", f"{routes}:/etc/errgate/errgate.yaml:ro", image)
        self.assertEqual(started.returncode, 0, started.stderr)
        self.container = started.stdout.strip()
        self.addCleanup(docker, "rm", "--force", self.container)

    def state(self):
        shown = docker("inspect", self.container)
        return json.loads(shown.stdout)[0]["State"]

    def fetch(self, target):
        return support.get(self.port, target)[0]

    def test_becomes_healthy_serves_and_stops_without_a_failed_request(self):
        support.wait_until(lambda: self.state()["Health"]["Status"] == "healthy", "healthy", 0.5)
        with concurrent.futures.ThreadPoolExecutor(HELD + 1) as clients:
            answers = [clients.submit(self.fetch, "/pay") for _ in range(REQUESTS)]
            self.assertEqual([a.result() for a in answers], [200] * REQUESTS)

            held = [clients.submit(self.fetch, "/held") for _ in range(HELD)]
            for _ in range(HELD):
                self.assertTrue(self.provider.held.acquire(timeout=support.PATIENCE))
            stopped = clients.submit(docker, "stop", "-t", "40", self.container)
            support.wait_until(lambda: support.get(self.admin, "/readyz")[0] != 200, "draining")
            self.provider.release.set()
            self.assertEqual([answer.result() for answer in held], [200] * HELD)
            self.assertEqual(stopped.result().returncode, 0)
        logs = docker("logs", self.container)
        self.assertEqual(self.state()["ExitCode"], 0, logs.stderr)
        self.assertIn("stopped: every request was answered", logs.stderr)


if __name__ == "__main__":
    support.main()
