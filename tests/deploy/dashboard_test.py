"""The dashboard and the alerts against a real Prometheus that scraped a real run."""
import json
import re
import shutil
import subprocess
import threading
import unittest
import urllib.parse

import support

DASHBOARD = json.loads((support.DEPLOY / "grafana" / "errgate.json").read_text())


def filled_in(expression):
    """With what Grafana would put in for its variables when everything is chosen."""
    for name, value in {"$__rate_interval": "1m", "$job": ".*", "$instance": ".*",
                        "$upstream": ".*"}.items():
        expression = expression.replace(name, value)
    return expression


def queries():
    """(title, expression) of every query on the dashboard."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], filled_in(target["expr"])
    for annotation in DASHBOARD["annotations"]["list"]:
        yield annotation["name"], filled_in(annotation["expr"])


class Dashboard(support.TempDirCase):
    def test_every_variable_is_defined(self):
        defined = {v["name"] for v in DASHBOARD["templating"]["list"]} | {"__rate_interval"}
        used = set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD["panels"])))
        self.assertLessEqual(used, defined)

    def test_panels_do_not_overlap(self):
        cells = set()
        for panel in DASHBOARD["panels"]:
            box = panel["gridPos"]
            for x in range(box["x"], box["x"] + box["w"]):
                for y in range(box["y"], box["y"] + box["h"]):
                    self.assertNotIn((x, y), cells, panel["title"])
                    cells.add((x, y))

    def start_demo(self):
        """Ports of the gateway and of its admin listener, once the tour is over."""
        demo = self.start([support.binary(), "demo", "--port", "0"], stdout=subprocess.PIPE)
        output = ""
        while "all of them:" not in output:
            line = demo.stdout.readline()
            self.assertTrue(line, "the demo ended early: " + output)
            output += line
        threading.Thread(target=demo.stdout.read, daemon=True).start()
        return (int(re.search(r"errgate on http://127.0.0.1:(\d+)", output)[1]),
                int(re.search(r"http://127.0.0.1:(\d+)/metrics", output)[1]))

    def start_prometheus(self, admin):
        """Its port. The configuration is the shipped one, scraping fast."""
        config = (support.DEPLOY / "prometheus.yml").read_text()
        config = config.replace('["127.0.0.1:9464"]', f'["127.0.0.1:{admin}"]')
        config = config.replace("scrape_interval: 15s",
                                "scrape_interval: 1s\n  evaluation_interval: 1s")
        config = config.replace("prometheus/rules.yml",
                                str(support.DEPLOY / "prometheus" / "rules.yml"))
        (self.folder / "prometheus.yml").write_text(config)
        port = support.free_port()
        self.start(["prometheus", f"--config.file={self.folder}/prometheus.yml",
                    f"--storage.tsdb.path={self.folder}/data",
                    f"--web.listen-address=127.0.0.1:{port}"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        support.wait_until(lambda: support.get(port, "/-/ready")[0] == 200, "Prometheus is ready")
        return port

    def ask(self, port, expression):
        """The result of an instant query."""
        status, body = support.get(port, "/api/v1/query?" +
                                   urllib.parse.urlencode({"query": expression}))
        self.assertEqual(status, 200, f"{expression}: {body}")
        return json.loads(body)["data"]["result"]

    @unittest.skipUnless(shutil.which("prometheus"), "prometheus is not installed")
    def test_every_query_has_an_answer(self):
        gateway, admin = self.start_demo()
        support.get(gateway, "/license_pos/x/empty_500")  # an error that no rule names
        prometheus = self.start_prometheus(admin)
        support.wait_until(lambda: self.ask(prometheus, "errgate_build_info"), "a first scrape")
        support.get(gateway, "/license_pos/x/empty_500")  # and one more, so that there is a rate
        for title, expression in queries():
            if title == "Starts":  # an annotation: nothing started again
                self.ask(prometheus, expression)
                continue
            with self.subTest(title):
                support.wait_until(lambda e=expression: self.ask(prometheus, e),
                                   f"an answer to {expression}")
        groups = json.loads(support.get(prometheus, "/api/v1/rules")[1])["data"]["groups"]
        self.assertGreater(len(groups), 3)
        for rule in (rule for group in groups for rule in group["rules"]):
            self.assertEqual((rule["name"], rule["health"]), (rule["name"], "ok"))


if __name__ == "__main__":
    support.main()
