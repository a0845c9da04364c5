"""The alerts: sound, right in the situations of the scenario files, and in step with the catalogue of codes."""
import json
import re
import shutil
import unittest

import support

RULES = support.DEPLOY / "prometheus" / "rules.yml"
SCENARIOS = sorted((support.SOURCE / "tests" / "deploy").glob("rules_*test.yml"))


class Rules(unittest.TestCase):
    def codes(self, *categories, without=()):
        catalogue = json.loads(support.run(support.binary(), "codes", "--format", "json").stdout)
        return {c["code"] for c in catalogue if c["category"] in categories} - set(without)

    def codes_in(self, record):
        """The codes that the rule of this name selects."""
        rule = RULES.read_text().split(f"record: {record}\n")[1].split("record:")[0]
        return set(re.search(r'code=~"([^"]*)"', rule)[1].split("|"))

    def test_provider_failures_are_those_of_the_catalogue(self):
        self.assertEqual(self.codes_in("errgate:provider_failures:ratio_rate5m"),
                         self.codes("upstream", "gateway",
                                    without=["gateway_overloaded", "request_canceled",
                                             "gateway_error"]))

    def test_declines_are_those_of_the_catalogue(self):
        self.assertEqual(self.codes_in("errgate:declines:ratio_rate10m"), self.codes("payment"))

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_promtool_finds_nothing_wrong(self):
        checked = support.run("promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        checked = support.run("promtool", "check", "config", support.DEPLOY / "prometheus.yml")
        self.assertEqual(checked.returncode, 0, checked.stderr)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_alerts_fire_when_they_must_and_only_then(self):
        tested = support.run("promtool", "test", "rules", *SCENARIOS)
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)

    def test_every_alert_has_a_scenario_in_which_it_fires(self):
        alerts = re.findall(r"alert: (\w+)", RULES.read_text())
        scenarios = "".join(file.read_text() for file in SCENARIOS)
        fired = re.findall(r"alertname: (\w+)\n\s+eval_time: \w+\n\s+exp_alerts:", scenarios)
        self.assertEqual(set(alerts), set(fired))


if __name__ == "__main__":
    support.main()
