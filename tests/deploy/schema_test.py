"""The JSON Schemas against the files that ship and against mistakes; the OpenAPI document likewise."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import support

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

try:
    import openapi_spec_validator
except ImportError:
    openapi_spec_validator = None

CONFIG = support.SOURCE / "config"

ROUTES = """
version: 1
listen: [{address: 127.0.0.1:0}]
upstreams: {psp: {url: http://127.0.0.1:9, dialect: kira}}
routes: [{name: psp, upstream: psp}]
"""
MAPPING = """
version: 1
dialects:
  acme:
    formats: [{id: main, when: {exists: /code}, code: /code}]
    rules: [{match: {code: A1}, to: not_found}]
"""

# (what is wrong, in which file, what is replaced, by what): the loader and the schema refuse all.
MISTAKES = [
    ("misspelt key", ROUTES, "listen:", "lisen:"),
    ("unknown key of a route", ROUTES, "name: psp,", "name: psp, retries: 3,"),
    ("no version", ROUTES, "version: 1", ""),
    ("duration without unit", ROUTES, "name: psp,", "name: psp, timeouts: {total: 30},"),
    ("mode of no kind", ROUTES, "name: psp,", "name: psp, errors: {mode: wrap},"),
    ("too many attempts", ROUTES, "name: psp,", "name: psp, retry: {attempts: 11},"),
    ("text for a boolean", ROUTES, "dialect: kira", "dialect: kira, speaks_envelope: maybe"),
    ("ratio above one", ROUTES, "dialect: kira", "dialect: kira, retry_budget: {ratio: 2}"),
    ("no url", ROUTES, "url: http://127.0.0.1:9, ", ""),
    ("url of another scheme", ROUTES, "http://", "ftp://"),
    ("route without upstream", ROUTES, ", upstream: psp", ""),
    ("method of no kind", ROUTES, "name: psp,", "name: psp, match: {methods: [FETCH]},"),
    ("unknown code", MAPPING, "to: not_found", "to: not_there"),
    ("unquoted numeric code", MAPPING, "code: A1", "code: 010207"),
    ("rule without target", MAPPING, ", to: not_found", ""),
    ("pointer without slash", MAPPING, "exists: /code", "exists: code"),
    ("selector of no kind", MAPPING, "code: /code}", "code: code}"),
    ("misspelt key of a format", MAPPING, "when:", "wen:"),
    ("status of no kind", MAPPING, "{code: A1}", "{status: 6xx}"),
    ("content of no kind", MAPPING, "exists: /code", "content: yaml"),
    ("two sources of a selector", MAPPING, "code: /code}", "code: {from: /a, join: /b}}"),
    ("pipe of no kind", MAPPING, "code: /code}", "code: {from: /a, pipe: [lowercase]}}"),
    ("detail over nothing", MAPPING, "code: /code}", "code: /code, details: [{code: /c}]}"),
    ("key never said to be replayed", MAPPING, "    rules:",
     "    idempotency: {header: Key}\n    rules:"),
    ("hint without values", MAPPING, "    rules:", "    retry_hint: {header: X}\n    rules:"),
    ("example that expects nothing", MAPPING, "    rules:",
     "    examples: [{id: a, status: 400, expect: {}}]\n    rules:"),
]


class Loader(yaml.SafeLoader):
    """Dates stay texts, as errgate reads them."""


for initial, resolvers in Loader.yaml_implicit_resolvers.items():
    Loader.yaml_implicit_resolvers[initial] = [
        each for each in resolvers if not each[0].endswith(":timestamp")]


def errgate(*arguments):
    return subprocess.run([support.binary(), *arguments], capture_output=True, text=True,
                          timeout=60)


def validator(of):
    schema = json.loads(errgate("schema", of).stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def problems(of, text):
    return [f"{list(each.absolute_path)}: {each.message}"
            for each in validator(of).iter_errors(yaml.load(text, Loader))]


def kind_of(text):
    return "routes" if "upstreams:" in text else "mapping"


class Schema(unittest.TestCase):
    def test_fits_the_shipped_routes_file(self):
        self.assertEqual(problems("routes", (CONFIG / "errgate.yaml").read_text()), [])

    def test_fits_the_shipped_mapping_files(self):
        for file in (CONFIG / "dialects").glob("*.yaml"):
            with self.subTest(file.name):
                self.assertEqual(problems("mapping", file.read_text()), [])

    def test_is_named_by_every_shipped_file(self):
        for file in [CONFIG / "errgate.yaml", *(CONFIG / "dialects").glob("*.yaml")]:
            with self.subTest(file.name):
                line = file.read_text().splitlines()[0]
                self.assertRegex(line, r"^# yaml-language-server: \$schema=\S+$")
                self.assertTrue((file.parent / line.split("=")[1]).exists(), line)

    def test_fits_what_the_mistakes_are_made_from(self):
        for text in (ROUTES, MAPPING):
            self.assertEqual(problems(kind_of(text), text), [])

    def test_refuses_every_mistake(self):
        for name, text, old, new in MISTAKES:
            with self.subTest(name):
                self.assertIn(old, text)
                self.assertNotEqual(problems(kind_of(text), text.replace(old, new)), [])

    def test_the_loader_refuses_every_mistake_too(self):
        for name, text, old, new in MISTAKES:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / "file.yaml"
                file.write_text(text.replace(old, new))
                ran = (errgate("check", str(file)) if kind_of(text) == "routes" else
                       errgate("explain", "--mapping", str(file), "--dialect", "acme", "{}"))
                self.assertEqual(ran.returncode, 1, ran.stdout + ran.stderr)

    def test_knows_every_code(self):
        codes = [each["code"] for each in json.loads(errgate("codes", "--format", "json").stdout)]
        self.assertEqual(validator("mapping").schema["definitions"]["code"]["enum"], codes)

    def test_without_a_name_both_are_printed(self):
        both = json.loads(errgate("schema").stdout)
        self.assertEqual(sorted(both), ["mapping", "routes"])

    def test_a_name_of_no_schema_is_wrong_usage(self):
        self.assertEqual(errgate("schema", "journal").returncode, 2)


class OpenApi(unittest.TestCase):
    def setUp(self):
        self.document = json.loads(errgate("codes", "--format", "openapi").stdout)

    @unittest.skipIf(openapi_spec_validator is None, "no openapi_spec_validator to import")
    def test_is_valid(self):
        openapi_spec_validator.validate(self.document)

    def test_is_valid_to_a_tool_of_another_kind(self):
        folder, why_not = support.npm_package("@seriousme/openapi-schema-validator", "2.11.0")
        if folder is None:
            self.skipTest(why_not)

        def judge(document):
            with tempfile.TemporaryDirectory() as holder:
                file = pathlib.Path(holder) / "api.json"
                file.write_text(json.dumps(document))
                return support.run(folder / "node_modules/.bin/validate-api", file)

        judged = judge(self.document)
        self.assertEqual((judged.returncode, json.loads(judged.stdout)), (0, {"valid": True}),
                         judged.stdout)
        self.assertNotEqual(judge({**self.document, "info": {}}).returncode, 0)

    def test_takes_a_real_envelope(self):
        # The schemas of OpenAPI 3.1 are JSON Schema 2020-12.
        schema = {**self.document, "$ref": "#/components/schemas/Error"}
        printed = errgate("explain", "--dialect", "kira", "--status", "400",
                          '{"error":"Bad","details":[{"path":"a","message":"b","code":"c"}]}')
        envelope, _ = json.JSONDecoder().raw_decode(printed.stdout)
        judge = jsonschema.Draft202012Validator(schema)
        self.assertEqual([each.message for each in judge.iter_errors(envelope)], [])
        for wrong in ({"code": "nope"}, {"extra": 1}, {"outcome": "maybe"}, {"attempts": -1}):
            self.assertFalse(judge.is_valid({**envelope, **wrong}), wrong)


if __name__ == "__main__":
    support.main()
