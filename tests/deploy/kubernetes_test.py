"""The Kubernetes manifests: rendered by kubectl, every field looked up in the API's own types, every value held
against the published schemas, and what they refer to must be there.

kubernetes_types.json is in the tree, so that unknown fields, which the schemas let pass, are found without a
network. The schemas know enumerations, patterns and whole custom resources; they come from npm."""
import copy
import functools
import json
import re
import shutil
import unittest

import support

try:
    import yaml
except ImportError:
    yaml = None

FOLDER = support.DEPLOY / "kubernetes"
ROOTS = ("base", "overlays/demo", "overlays/sidecar")
API = json.loads((support.SOURCE / "tests/deploy/kubernetes_types.json").read_text())
SCALARS = {"string": str, "number": (int, float), "boolean": bool, "IntOrString": (int, str),
           "Date": str, "any": object}
DRAIN_TIMEOUT = 30  # seconds, the default of the routes file


def wrong(value, kind, path="", partial=False):
    """What does not fit the type, one line each. `partial`: a patch, which may leave things out."""
    if kind.startswith("Array<"):
        if not isinstance(value, list):
            return [f"{path}: not a list"]
        return [line for i, item in enumerate(value)
                for line in wrong(item, kind[6:-1], f"{path}[{i}]", partial)]
    if kind.startswith("{"):
        good = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
        return [] if good else [f"{path}: not a map of strings"]
    if kind in SCALARS:
        good = isinstance(value, SCALARS[kind]) and (kind in ("boolean", "any") or
                                                     not isinstance(value, bool))
        return [] if good else [f"{path}: {value!r} is no {kind}"]
    fields = API["types"][kind]["fields"]
    if not isinstance(value, dict):
        return [f"{path}: no {kind}"]
    lines = [f"{path}.{name}: {kind} has no such field" for name in value if name not in fields]
    if not partial:
        lines += [f"{path}.{name}: is required" for name in API["types"][kind].get("required", [])
                  if name not in value]
    for name in value:
        if name in fields:
            lines += wrong(value[name], fields[name], f"{path}.{name}", partial)
    return lines


def check(document, partial=False):
    kind = API["kinds"].get(f"{document['apiVersion']} {document['kind']}")
    return wrong(document, kind, document["kind"], partial) if kind else [f"unknown: {document}"]


@functools.cache
def render(root):
    rendered = support.run("kubectl", "kustomize", FOLDER / root)
    if rendered.returncode != 0 or "deprecated" in rendered.stderr:
        raise AssertionError(rendered.stderr)
    return list(yaml.safe_load_all(rendered.stdout))


def of_kind(root, kind):
    return [d for d in render(root) if d["kind"] == kind]


def pods(root):
    return [(d["metadata"]["name"], d["spec"]["template"]) for d in of_kind(root, "Deployment")]


def containers(root):
    """(pod's spec, container) of everything that runs errgate."""
    for _, pod in pods(root):
        for container in pod["spec"].get("initContainers", []) + pod["spec"]["containers"]:
            if re.match(r"errgate(:|$)", container["image"]):
                yield pod["spec"], container


def matches(selector, labels):
    return selector.items() <= labels.items()


@unittest.skipUnless(yaml, "python3-yaml is not installed")
class PlainFiles(unittest.TestCase):
    def test_know_only_fields_of_the_api(self):
        for path in sorted(FOLDER.rglob("*.yaml")):
            for document in yaml.safe_load_all(path.read_text()):
                if "kustomize.config" in document.get("apiVersion", "kustomize.config"):
                    continue  # a kustomization, or a routes file
                with self.subTest(path=str(path)):
                    self.assertEqual(check(document, path.name == "container.yaml"), [])

    def test_a_misspelt_field_would_be_found(self):
        pod = {"containers": [{"name": "a", "imagePullPolice": "Always"}]}
        self.assertEqual(wrong(pod, "V1PodSpec"),
                         [".containers[0].imagePullPolice: V1Container has no such field"])


@unittest.skipUnless(yaml, "python3-yaml is not installed")
@unittest.skipUnless(shutil.which("kubectl"),
                     "kubectl is not installed, and Debian's is too old for kustomize components")
class Rendered(unittest.TestCase):
    def test_documents_are_valid(self):
        for root in ROOTS:
            self.assertGreater(len(render(root)), 3)
            self.assertEqual([line for d in render(root) for line in check(d)], [])

    def against_schemas(self, documents):
        script = support.SOURCE / "tests/deploy/kubernetes_schemas.mjs"
        done = support.run("node", script, support.npm_folder(), input=json.dumps(documents))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def test_documents_fit_the_published_schemas(self):
        self.assertEqual(self.against_schemas([d for root in ROOTS for d in render(root)]), [])

    def test_the_schemas_would_find_a_wrong_value(self):
        (monitor,) = of_kind("overlays/demo", "PodMonitor")
        (deployment,) = of_kind("base", "Deployment")
        monitor, deployment = copy.deepcopy(monitor), copy.deepcopy(deployment)
        monitor["spec"]["podMetricsEndpoints"][0]["interval"] = "15 seconds"
        deployment["spec"]["template"]["spec"]["restartPolicy"] = "Sometimes"
        found = self.against_schemas([monitor, deployment])
        self.assertEqual([line.split(":")[0] for line in found],
                         ["PodMonitor/spec/podMetricsEndpoints/0/interval",
                          "Deployment/spec/template/spec/restartPolicy"])

    def test_routes_files_are_valid(self):
        texts = set()
        for root in ROOTS:
            texts |= {t for d in of_kind(root, "ConfigMap") for t in d["data"].values()}
        self.assertGreater(len(texts), 2)
        for text in texts:
            checked = support.run(support.binary(), "check", "/dev/stdin", input=text)
            self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    def test_every_volume_has_its_config_map(self):
        for root in ROOTS:
            there = {d["metadata"]["name"] for d in of_kind(root, "ConfigMap")}
            for _, pod in pods(root):
                wanted = {v["configMap"]["name"] for v in pod["spec"].get("volumes", [])}
                self.assertLessEqual(wanted, there)

    def test_containers_run_with_nothing_they_do_not_need(self):
        for root in ROOTS:
            for spec, container in containers(root):
                allowed = {**spec.get("securityContext", {}), **container["securityContext"]}
                self.assertTrue(allowed["runAsNonRoot"])
                self.assertGreater(allowed["runAsUser"], 0)
                self.assertEqual(allowed["seccompProfile"], {"type": "RuntimeDefault"})
                self.assertTrue(allowed["readOnlyRootFilesystem"])
                self.assertFalse(allowed["allowPrivilegeEscalation"])
                self.assertEqual(allowed["capabilities"], {"drop": ["ALL"]})
                self.assertIn("memory", container["resources"]["limits"])
                self.assertIn("cpu", container["resources"]["requests"])

    def test_images_are_of_one_version(self):
        for root in ROOTS:
            images = {container["image"] for _, container in containers(root)}
            self.assertRegex(" ".join(images), r"^errgate:\d+\.\d+\.\d+$")

    def test_probes_are_commands_the_program_knows(self):
        for root in ROOTS:
            for _, container in containers(root):
                for name in ("startupProbe", "readinessProbe", "livenessProbe"):
                    if name in container:
                        command = container[name]["exec"]["command"][1:]
                        done = support.run(support.binary(), *command)
                        self.assertIn(done.returncode, (0, 1), done.stderr)

    def test_the_pod_may_take_as_long_as_the_drain(self):
        for root in ROOTS:
            for spec, container in containers(root):
                if container["name"] != "errgate":
                    continue
                stop = container.get("lifecycle", {}).get("preStop", {})
                before = int(stop["exec"]["command"][1]) if stop else 0
                self.assertGreater(spec["terminationGracePeriodSeconds"], before + DRAIN_TIMEOUT)

    def test_selectors_find_the_pods(self):
        labels = {name: pod["metadata"]["labels"] for name, pod in pods("base")}["errgate"]
        (service,) = of_kind("base", "Service")
        (budget,) = of_kind("base", "PodDisruptionBudget")
        (network,) = of_kind("base", "NetworkPolicy")
        (scaler,) = of_kind("base", "HorizontalPodAutoscaler")
        self.assertTrue(matches(service["spec"]["selector"], labels))
        self.assertTrue(matches(budget["spec"]["selector"]["matchLabels"], labels))
        self.assertTrue(matches(network["spec"]["podSelector"]["matchLabels"], labels))
        self.assertEqual(scaler["spec"]["scaleTargetRef"]["name"], "errgate")

    def test_the_monitor_finds_pods_and_port(self):
        for root in ("overlays/demo", "overlays/sidecar"):
            (monitor,) = of_kind(root, "PodMonitor")
            selector = monitor["spec"]["selector"]["matchLabels"]
            (spec,) = [p["spec"] for _, p in pods(root) if matches(selector,
                                                                   p["metadata"]["labels"])]
            ports = {p["name"] for c in spec["initContainers"] for p in c.get("ports", [])}
            self.assertIn(monitor["spec"]["podMetricsEndpoints"][0]["port"], ports)

    def test_the_sidecar_outlives_the_application(self):
        (spec,) = [pod["spec"] for _, pod in pods("overlays/sidecar")]
        by_name = {c["name"]: c for c in spec["initContainers"]}
        self.assertEqual(by_name["errgate"]["restartPolicy"], "Always")
        self.assertIn("startupProbe", by_name["errgate"])
        self.assertEqual([c["name"] for c in spec["containers"]], ["shop"])


if __name__ == "__main__":
    support.main()
