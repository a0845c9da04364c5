"""The container image and the compose file: what they name must be there, and the picture that the compose
file draws must work, here with processes in the place of containers."""
import json
import re
import subprocess
import tempfile
import unittest

import support

try:
    import yaml
except ImportError:
    yaml = None

DOCKERFILE = (support.DEPLOY / "Dockerfile").read_text()


def instructions(name):
    """The arguments of every instruction of this name."""
    text = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{name}\s+(.*)$", text, re.MULTILINE)


class Dockerfile(unittest.TestCase):
    def test_ends_as_a_user_kubernetes_can_see_is_not_root(self):
        self.assertRegex(instructions("USER")[-1], r"^[1-9]\d*:[1-9]\d*$")

    def test_base_images_have_a_version(self):
        for image in instructions("FROM"):
            self.assertRegex(image, r"^\S+:\d")

    def lint(self, path):
        """What dockerfilelint has to say about a Dockerfile: [(line's text, title)]."""
        linter = support.npm_folder() / "node_modules" / "dockerfilelint" / "bin" / "dockerfilelint"
        done = support.run("node", linter, "--output", "json", path)
        (file,) = json.loads(done.stdout)["files"]
        return [(issue["content"], issue["title"]) for issue in file["issues"]]

    def test_the_linter_finds_nothing_wrong(self):
        self.assertEqual(self.lint(support.DEPLOY / "Dockerfile"), [])

    def test_the_linter_would_find_something(self):
        with tempfile.NamedTemporaryFile("w", suffix=".Dockerfile") as bad:
            bad.write("FROM debian:latest\nRUN sudo apt-get install x\n")
            bad.flush()
            self.assertEqual(len(self.lint(bad.name)), 2)

    def test_copies_what_is_there(self):
        for source in (c.split()[0] for c in instructions("COPY") if not c.startswith("--from")):
            self.assertTrue((support.SOURCE / source).exists(), source)

    def test_uses_the_lists_of_packages(self):
        lists = (support.DEPLOY / "packages.sh").read_text()
        for name in re.findall(r"ERRGATE_\w+", DOCKERFILE):
            self.assertIn(f"{name}=(", lists)

    def test_the_health_check_is_a_command_the_program_knows(self):
        (check,) = instructions("HEALTHCHECK")
        program, *arguments = json.loads(check.split("CMD ")[1])
        self.assertEqual([program], json.loads(instructions("ENTRYPOINT")[0]))
        self.assertIn(support.run(support.binary(), *arguments).returncode, (0, 1))


@unittest.skipUnless(yaml, "python3-yaml is not installed")
class Compose(support.TempDirCase):
    def setUp(self):
        super().setUp()
        self.services = yaml.safe_load((support.DEPLOY / "compose.yaml").read_text())["services"]

    def test_mounts_what_is_there(self):
        for name, service in self.services.items():
            for mount in service.get("volumes", []):
                source, _, mode = mount.split(":")
                self.assertTrue((support.DEPLOY / source).exists(), f"{name}: {source}")
                self.assertEqual(mode, "ro", name)

    def test_publishes_on_loopback_only(self):
        for service in self.services.values():
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), port)

    def test_prometheus_finds_rules_and_gateway(self):
        config = yaml.safe_load((support.DEPLOY / "prometheus" / "compose.yml").read_text())
        self.assertEqual(config["rule_files"], ["rules.yml"])
        (target,) = config["scrape_configs"][0]["static_configs"][0]["targets"]
        host, port = target.split(":")
        self.assertIn(host, self.services)
        self.assertIn(f":{port}", self.routes_file("metrics").read_text())

    def routes_file(self, service):
        return support.DEPLOY / self.services[service]["volumes"][0].split(":")[0]

    def edited(self, service, ports):
        """The service's routes file for one machine: other ports, and the providers on loopback."""
        text = self.routes_file(service).read_text().replace("//providers:", "//127.0.0.1:")
        text = re.sub(r"(?<=:)(\d{4})\b", lambda m: str(ports.get(m[1], m[1])), text)
        path = self.folder / f"{service}.yaml"
        path.write_text(text)
        return path

    def test_the_whole_picture_works(self):
        ports = {port: support.free_port() for port in ("8080", "9464", "9465", "9466")}
        providers = self.start([support.binary(), "simulate", "--port", "0"],
                               stdout=subprocess.PIPE)
        for known in range(9001, 9006):
            ports[str(known)] = int(providers.stdout.readline().rsplit(":", 1)[1])
        for service in ("gateway", "metrics"):
            self.start([support.binary(), "run", "--config", self.edited(service, ports)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for admin in (ports["9464"], ports["9466"]):
            support.wait_until(lambda a=admin: support.get(a, "/readyz")[0] == 200, "ready")

        status, body = support.get(ports["8080"], "/kiotapay/payments/payment_failed")
        self.assertEqual((status, json.loads(body)["code"]), (402, "payment_failed"))
        status, body = support.get(ports["8080"], "/kira/v1/users/internal_error")
        self.assertEqual((status, json.loads(body)["code"]), (500, "internal_error"))

        status, body = support.get(ports["9465"], "/metrics")
        self.assertEqual(status, 200)
        self.assertIn('code="payment_failed"', body)
        for path in ("/readyz", "/codes", "/metrics/../codes"):
            self.assertNotEqual(support.get(ports["9465"], path)[0], 200, path)


if __name__ == "__main__":
    support.main()
