"""Stripe's own Node library behind an `annotate` route, and fetch behind an `envelope` route, against a
provider that answers as Stripe documents it: the library raises its own errors, fetch gets ours."""
import http.server
import json
import shutil
import sys
import threading
import unittest
import urllib.parse

import support

VERSION = "17.7.0"
NODE = shutil.which("node")

# case: (status, error object or None for a success, further header fields)
ANSWERS = {
    "ok": (200, None, {}),
    "declined": (402, {"type": "card_error", "code": "card_declined",
                       "decline_code": "insufficient_funds", "charge": "ch_1",
                       "message": "Your card has insufficient funds."}, {}),
    "missing": (400, {"type": "invalid_request_error", "code": "parameter_missing",
                      "param": "currency", "message": "Missing required param: currency."}, {}),
    "key": (401, {"type": "invalid_request_error",
                  "message": "Invalid API Key provided: sk_test_****test"}, {}),
    "forbidden": (403, {"type": "invalid_request_error",
                        "message": "The provided key does not have access."}, {}),
    "often": (429, {"type": "invalid_request_error", "code": "rate_limit",
                    "message": "Too many requests."}, {}),
    "reused": (400, {"type": "idempotency_error",
                     "message": "Keys for idempotent requests can only be used with the same "
                                "parameters they were first used with."}, {}),
    "broken": (500, {"type": "api_error", "message": "An unknown error occurred."},
               {"Stripe-Should-Retry": "false"}),
}

# case: (what the library raises, errgate's code, outcome)
RAISED = {
    "declined": ("StripeCardError", "insufficient_funds", "not_applied"),
    "missing": ("StripeInvalidRequestError", "missing_field", "not_applied"),
    "key": ("StripeAuthenticationError", "invalid_credentials", "not_applied"),
    "forbidden": ("StripePermissionError", "forbidden", "not_applied"),
    "often": ("StripeRateLimitError", "rate_limited", "not_applied"),
    "reused": ("StripeIdempotencyError", "idempotency_key_reused", "not_applied"),
    "broken": ("StripeAPIError", "internal_error", "unknown"),
}

ROUTES = """
version: 1
listen: [{{address: 127.0.0.1:{port}}}]
admin: {{address: 127.0.0.1:0}}
access_log: {{path: {folder}/access.log}}
defaults: {{retry: {{attempts: 1}}}}
upstreams:
  stripe: {{url: 'http://127.0.0.1:{provider}', dialect: stripe}}
routes:
  - {{name: sdk, match: {{path_prefix: /}}, upstream: stripe, errors: {{mode: annotate}}}}
  - {{name: ours, match: {{path_prefix: /ours/}}, upstream: stripe, strip_prefix: /ours}}
"""


class Stripe(http.server.BaseHTTPRequestHandler):
    """Answers as the `description` of the charge says; /dead hangs up without a word."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        name = urllib.parse.parse_qs(form)["description"][0]
        if name == "dead":
            self.close_connection = True
            return
        status, error, fields = ANSWERS[name]
        body = json.dumps({"error": error} if error else {"id": "ch_1", "object": "charge"}).encode()
        self.send_response(status)
        for field in {"Content-Type": "application/json", "Content-Length": str(len(body)),
                      "Request-Id": f"req_{name}", **fields}.items():
            self.send_header(*field)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class StripeClient(support.TempDirCase):
    def setUp(self):
        super().setUp()
        provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stripe)
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        self.addCleanup(provider.server_close)
        self.addCleanup(provider.shutdown)
        self.port = support.free_port()
        routes = self.folder / "routes.yaml"
        routes.write_text(ROUTES.format(port=self.port, folder=self.folder,
                                        provider=provider.server_address[1]))
        self.start([support.binary(), "run", "--config", routes])
        support.wait_until(lambda: support.get(self.port, "/")[0], "the gateway answers")

    def ask(self, client, prefix, *cases):
        """{case: what the client saw}."""
        script = support.SOURCE / "tests/deploy/stripe_client.mjs"
        ran = support.run(NODE, script, MODULES, client, self.port, prefix, *cases)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return {each["case"]: each for each in map(json.loads, ran.stdout.splitlines())}

    def test_the_library_raises_its_own_errors(self):
        seen = self.ask("sdk", "", "ok", *RAISED)
        self.assertEqual(seen["ok"]["charge"], "ch_1")
        self.assertEqual(seen["ok"]["request_id"], "req_ok")
        for name, (raised, code, outcome) in RAISED.items():
            with self.subTest(name):
                status, error, _ = ANSWERS[name]
                got = seen[name]
                self.assertEqual(got["raised"], raised)
                self.assertEqual((got["status"], got["message"], got["request_id"]),
                                 (status, error["message"], f"req_{name}"))
                for member in ("code", "decline_code", "param"):
                    self.assertEqual(got.get(member), error.get(member))
                self.assertEqual((got["errgate_code"], got["errgate_outcome"]), (code, outcome))
                self.assertEqual(got["errgate_retryable"], "true" if name == "often" else "false")

    def test_what_the_gateway_says_itself_is_no_success_to_the_library(self):
        seen = self.ask("sdk", "", "dead")["dead"]
        self.assertEqual(seen.get("raised"), "StripeAPIError", seen)
        self.assertEqual((seen["status"], seen["code"]), (502, "invalid_upstream_response"))
        self.assertEqual(seen["errgate_outcome"], "unknown")

    def test_fetch_gets_the_envelope(self):
        seen = self.ask("fetch", "/ours", *RAISED)
        for name, (_, code, outcome) in RAISED.items():
            with self.subTest(name):
                status, error, _ = ANSWERS[name]
                got, body = seen[name], seen[name]["body"]
                self.assertEqual(got["type"], "application/json")
                self.assertEqual((body["code"], body["outcome"]), (code, outcome))
                self.assertEqual(got["status"], body["status"])
                self.assertEqual(body["provider"]["status"], status)
                self.assertEqual(body["provider"]["request_id"], f"req_{name}")
                self.assertEqual(body["provider"]["type"], error["type"])


if __name__ == "__main__":
    MODULES, why_not = support.npm_package("stripe", VERSION)
    if MODULES is None:
        print(f"skipped: {why_not}")
        sys.exit(77)
    support.main()
