// From a customer's request id to what happened: `#request=ID` in the address, so it can be passed on.
import { NotThere, Refused, getJson } from "./api.js";
import { byId, el, foreign, setText } from "./dom.js";
import { milliseconds, when } from "./format.js";
import { providerSaid } from "./failures.js";
import { timeline } from "./timeline.js";

const PREFIX = "#request=";

let shown = "";

function facts(entry) {
  const list = el("dl", { class: "facts" });
  const add = (name, ...value) => list.append(el("div", {}, el("dt", {}, name), el("dd", { class: "wrap" }, ...value)));
  add("Outcome", entry.outcome === "unknown" ? "unknown: it may have been applied, look it up at the provider" : "not applied: nothing happened at the provider");
  add("Retryable by the client", entry.retryable ? "yes" : "no", entry.retry_after_ms === undefined ? "" : `, after ${milliseconds(entry.retry_after_ms)}`);
  add("Message", foreign(entry.message));
  add("Request", `${entry.method} `, foreign(entry.path));
  add("Route, upstream", `${entry.route ?? "none"}, ${entry.upstream ?? "none"}`);
  add("Provider said", providerSaid(entry), entry.provider.request_id ? [" · its request id ", foreign(entry.provider.request_id)] : "");
  if (entry.reason) add("Gateway's reason", entry.reason.replaceAll("_", " "));
  if (entry.retry_refused) add("Not repeated because", entry.retry_refused.replaceAll("_", " "));
  if (!entry.mapped) add("Mapping", "no rule names this provider code");
  add("Time", when(new Date(entry.time)), ` (${entry.time}), took ${milliseconds(entry.ms)}, ${milliseconds(entry.upstream_ms)} of it at the provider`);
  if (entry.client) add("Client", entry.client, entry.user_agent ? [" · ", foreign(entry.user_agent)] : "");
  if (entry.client_request_id) add("Client's own id", foreign(entry.client_request_id));
  if (entry.trace_id) add("Trace", entry.trace_id);
  for (const [name, value] of Object.entries(entry.metadata)) add(name, foreign(value));
  for (const detail of entry.details) add(detail.field || "Detail", foreign(`${detail.code} ${detail.message}`.trim()));
  return list;
}

function render(entry) {
  byId("look-up-result").replaceChildren(
    el("h3", { tabindex: "-1" }, el("span", { class: "id" }, entry.request_id), " ",
      el("span", {}, entry.status === 0 ? "client gone" : `${entry.status} ${entry.code}`), " ",
      el("span", { class: `pill ${entry.outcome === "unknown" ? "warn" : ""}` }, entry.outcome === "unknown" ? "? unknown" : "not applied")),
    timeline(entry), facts(entry));
  byId("look-up-result").hidden = false;
}

function clear() {
  shown = "";
  byId("look-up-result").hidden = true;
  byId("look-up-close").hidden = true;
}

async function find(id) {
  const status = byId("look-up-status");
  shown = id;
  byId("request-id").value = id;
  byId("look-up-close").hidden = false;
  try {
    const entry = await getJson(`errors/${encodeURIComponent(id)}`);
    if (shown !== id) return;
    render(entry);
    setText(status, "");
    byId("look-up-result").querySelector("h3").focus();
    byId("look-up").scrollIntoView({ block: "start" });
  } catch (error) {
    if (shown !== id) return;
    byId("look-up-result").hidden = true;
    if (error instanceof NotThere) setText(status, "No failure with this request id is kept: it succeeded, it is older than what the journal keeps, or another gateway had it.");
    else setText(status, error instanceof Refused ? "The token is needed first." : `Could not look it up: ${error.message}.`);
  }
}

export function followAddress() {
  if (location.hash.startsWith(PREFIX)) {
    let id = location.hash.slice(PREFIX.length);
    try {
      id = decodeURIComponent(id);
    } catch {
      // Not encoded: taken as it is.
    }
    if (id) find(id);
  } else if (shown && location.hash === "") {
    clear();
  }
}

export function startLookup() {
  addEventListener("hashchange", followAddress);
  byId("look-up-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const id = byId("request-id").value.trim();
    if (!id) return;
    const target = PREFIX + encodeURIComponent(id);
    if (location.hash === target) find(id);
    else location.hash = target;
  });
  byId("look-up-close").addEventListener("click", () => {
    clear();
    setText(byId("look-up-status"), "");
    byId("request-id").value = "";
    byId("request-id").focus();
    history.pushState(null, "", location.pathname + location.search);
  });
}
