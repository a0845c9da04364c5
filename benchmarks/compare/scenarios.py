"""The rows of the comparison whose number is CPU time a request, and their goals."""

import http.client
import json
from dataclasses import dataclass, field

from processes import Failed

ENVELOPE_MEMBERS = {"code", "message", "request_id", "metadata", "status", "category", "retryable",
                    "outcome", "origin", "attempts", "details", "provider"}


@dataclass(frozen=True)
class Column:
    """A proxy in one of its configurations."""

    title: str
    peer: str
    port: str = "plain"
    request_id: bool = True  # it gives one, and must
    path: str | None = None  # asked instead of the row's
    expect: str | None = None


@dataclass(frozen=True)
class Goal:
    """errgate's CPU time divided by that of `against` ("best": the best other proxy)."""

    against: str
    ratio: float


@dataclass(frozen=True)
class Row:
    key: str
    title: str
    columns: tuple[Column, ...]
    path: str
    goals: tuple[Goal, ...] = ()
    expect: str = "200"
    body: int = 256
    connections: int = 64
    weight: float = 1.0  # of --requests
    prime: int = 0  # requests that bring the proxies into the state the row is about
    load: dict[str, object] = field(default_factory=dict)

    def arguments(self, column: Column, requests: int) -> dict[str, object]:
        """For the load program."""
        arguments = {"path": column.path or self.path, "expect": column.expect or self.expect,
                     "connections": self.connections,
                     "requests": max(self.connections, int(requests * self.weight)), **self.load}
        if self.body:
            arguments["body"] = self.body
        return arguments


ERRGATE = Column("errgate", "errgate")
HAPROXY = Column("HAProxy", "haproxy", request_id=False)
HAPROXY_LOG = Column("HAProxy, log", "haproxy", "log")
NGINX = Column("nginx", "nginx", request_id=False)
NGINX_LOG = Column("nginx, log", "nginx", "log")
CADDY = Column("Caddy", "caddy")
# The floor, which parses nothing.
RELAY = Column("TCP relay", "relay", request_id=False)
ALL = (ERRGATE, HAPROXY_LOG, HAPROXY, NGINX_LOG, NGINX, CADDY, RELAY)
REWRITERS = (ERRGATE, Column("HAProxy, json_query", "haproxy", "log"), Column("nginx, Lua", "nginx", "log"))
SAME_SIZE = Column("errgate, success of 200 B", "errgate", path="/200", expect="200")
RETRIERS = (ERRGATE, HAPROXY_LOG, NGINX_LOG)
WITH_TLS = (Column("errgate", "errgate_tls"), Column("HAProxy, log", "haproxy", "tls"),
            Column("nginx, log", "nginx", "tls"))

ROWS = (
    Row("pass_256", "success of 256 B", ALL, "/256",
        (Goal("HAProxy, log", 0.80), Goal("nginx, log", 0.85), Goal("TCP relay", 1.30))),
    Row("pass_16k", "success of 16 KiB", ALL, "/16k", (Goal("HAProxy, log", 0.75),),
        body=16 * 1024, weight=0.5),
    Row("pass_1m", "success of 1 MiB", ALL, "/1m", (Goal("best", 1.0),),
        body=1024 * 1024, connections=8, weight=0.02),
    Row("post", "POST of 512 B", ALL, "/256", (Goal("HAProxy, log", 0.80),),
        load={"method": "POST", "upload": 512}),
    Row("error", "error of 200 B made an envelope", (*REWRITERS, SAME_SIZE), "/402",
        (Goal("nginx, Lua", 0.65), Goal("HAProxy, json_query", 0.90), Goal(SAME_SIZE.title, 1.30)),
        expect="402", body=0),
    Row("error_steady", "the same at 2 000/s", (*REWRITERS, SAME_SIZE), "/402", (Goal(SAME_SIZE.title, 1.30),),
        expect="402", body=0, weight=0.25, load={"rate": 2000}),
    Row("half", "every second answer such an error", REWRITERS, "/half", (), expect="200,402"),
    Row("retry", "503, repeated, 200", RETRIERS, "/flaky", (Goal("HAProxy, log", 0.80),), weight=0.5),
    Row("breaker", "answer of an open breaker",
        (Column("errgate", "errgate", path="/dead", expect="503"),
         Column("errgate, success of 256 B", "errgate", path="/256"),
         Column("bare responder", "responder", request_id=False, path="/256")), "/256",
        (Goal("errgate, success of 256 B", 0.10),), prime=10),
    Row("churn", "a connection a request", ALL, "/256", (Goal("best", 1.0),),
        connections=16, weight=0.3, load={"churn": 1}),
    Row("tls", "success of 256 B from TLS", WITH_TLS, "/256", (Goal("best", 1.0),), weight=0.5),
    Row("tls_resumed", "the same, a resumed connection each", WITH_TLS, "/close", (Goal("best", 1.0),),
        connections=16, weight=0.1),
)


def ask(port: int, row: Row, column: Column) -> tuple[int, dict[str, str], bytes]:
    """One request as the load program makes it: status, fields (names in lower case), body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    upload = "x" * int(row.load.get("upload", 0)) or None
    connection.request(str(row.load.get("method", "GET")), column.path or row.path, upload,
                       {"Host": "bench", "X-Bench-Connection": "9999", "Content-Type": "application/json"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body


def require_right(port: int, row: Row, column: Column) -> None:
    """Nothing is measured that does not do what the row says."""
    for _ in range(row.prime):
        ask(port, row, column)
    for _ in range(2):
        status, fields, body = ask(port, row, column)
        where = f"{row.key}, {column.title}"
        if str(status) not in (column.expect or row.expect).split(","):
            raise Failed(f"{where}: status {status}: {body[:200]!r}")
        if status == 200 and row.body and len(body) != row.body:
            raise Failed(f"{where}: a body of {len(body)} bytes")
        if column.request_id and not fields.get("x-request-id"):
            raise Failed(f"{where}: no request id")
        if status >= 400:
            require_envelope(where, body, "circuit_open" if status == 503 else "insufficient_funds")


def require_envelope(where: str, body: bytes, code: str) -> None:
    try:
        envelope = json.loads(body)
    except ValueError as error:
        raise Failed(f"{where}: not JSON: {body[:200]!r}") from error
    missing = ENVELOPE_MEMBERS - envelope.keys()
    if missing or envelope["code"] != code:
        raise Failed(f"{where}: not the envelope of {code}: {body[:300]!r}")
