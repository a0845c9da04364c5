// The journal's recent failures, and the filters over them.
import { getJson } from "./api.js";
import { byId, el, foreign, keyed, setText, table } from "./dom.js";
import { count, milliseconds, when } from "./format.js";

const STEP = 20;
const MOST = 1000;  // the endpoint's own limit
const FILTERS = ["code", "upstream", "route"];
const select = (name) => byId(`filter-${name}`);

let view = null;
let limit = STEP;

export function requestLink(id) {
  return el("a", { href: `#request=${encodeURIComponent(id)}`, class: "id" }, id);
}

export function providerSaid(entry) {
  const { status, code } = entry.provider;
  if (status === undefined && !code) return "–";
  return [status ?? "", " ", code ? foreign(code) : ""];
}

function row(entry) {
  return view.row(
    requestLink(entry.request_id),
    el("time", { datetime: entry.time }, when(new Date(entry.time))),
    [el("span", { class: "strong" }, entry.code), el("span", { class: "dim block" }, entry.status === 0 ? "client gone" : String(entry.status))],
    [entry.upstream ?? "no upstream", el("span", { class: "dim block wrap" }, entry.route ?? "no route")],
    el("span", { class: "wrap" }, `${entry.method} `, foreign(entry.path)),
    [el("span", { class: "wrap" }, providerSaid(entry)), el("span", { class: "dim block clamp" }, foreign(entry.message))],
    entry.outcome === "unknown" ? el("span", { class: "pill warn" }, "? unknown") : "not applied",
    [count(entry.attempt_count), el("span", { class: "dim block" }, milliseconds(entry.ms))]);
}

function query() {
  const wanted = new URLSearchParams({ limit });
  for (const name of FILTERS) {
    if (select(name).value) wanted.set(name, select(name).value);
  }
  return wanted;
}

// The choices of a filter; one that is chosen stays, even if it is no choice any more.
export function setChoices(name, values) {
  const chosen = select(name).value;
  const all = [...new Set([...values, chosen])].filter((v) => v !== "").sort();
  if (all.join("\n") === select(name).dataset.choices) return;
  select(name).replaceChildren(el("option", { value: "" }, "all"), ...all.map((v) => el("option", { value: v }, v)));
  select(name).dataset.choices = all.join("\n");
  select(name).value = chosen;
}

export function choose(filters) {
  for (const name of FILTERS) {
    const value = filters[name] ?? "";
    if (value && ![...select(name).options].some((o) => o.value === value)) select(name).append(el("option", { value }, value));
    select(name).value = value;
  }
}

export function onFilter(changed) {
  byId("more").addEventListener("click", () => {
    limit = Math.min(limit * 2, MOST);
    changed();
  });
  byId("filters").addEventListener("change", changed);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => queueMicrotask(changed));
}

export async function showFailures() {
  const wanted = query();
  const { errors, journal } = await getJson(`errors?${wanted}`);
  if (wanted.toString() !== query().toString()) return;  // another filter was chosen meanwhile
  if (!view) {
    view = table("Recent failures, newest first", [
      { name: "Request id", class: "tight" }, { name: "Time" }, { name: "Code" }, { name: "Upstream" }, { name: "Request", class: "roomy" },
      { name: "Provider said", class: "roomy" }, { name: "Outcome" }, { name: "Attempts", class: "number" }], "cards");
    view.caption.className = "unseen";
    byId("failures-table").append(view.node);
  }
  keyed(view.body, errors, (e) => `${e.request_id} ${e.time}`, () => "", row);
  const filtered = FILTERS.some((name) => select(name).value);
  const kept = `${count(journal.entries)} kept of ${count(journal.recorded)} recorded`;
  setText(byId("failures-status"), errors.length
    ? `${count(errors.length)} shown, newest first; ${kept}.`
    : `${filtered ? "No failure matches" : "No failure yet"}; ${kept}.`);
  byId("more").hidden = errors.length < limit || limit === MOST;
}
