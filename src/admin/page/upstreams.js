// The table of upstreams: breaker, traffic, connections, retry budget.
import { byId, el, keyed, table } from "./dom.js";
import { count, milliseconds, percent, rate } from "./format.js";

const STATES = {
  closed: { sign: "●", text: "closed", class: "good" },
  half_open: { sign: "◐", text: "half-open", class: "warn" },
  open: { sign: "○", text: "open", class: "bad" },
};

let view = null;

function breakerCell(breaker) {
  if (!breaker.enabled) return [el("span", { class: "pill" }, "– off")];
  const state = STATES[breaker.state] ?? { sign: "?", text: breaker.state, class: "warn" };
  const facts = [];
  if (breaker.retry_after_ms > 0) facts.push(`next try in ${milliseconds(breaker.retry_after_ms)}`);
  if (breaker.consecutive_failures > 0) facts.push(`${count(breaker.consecutive_failures)} failures in a row`);
  else if (breaker.window_failures > 0) facts.push(`${breaker.window_failures} of ${breaker.window_requests} failed lately`);
  if (breaker.transitions.open > 0) facts.push(`opened ${breaker.transitions.open}×`);
  return [
    el("span", { class: `pill ${state.class}` }, `${state.sign} ${state.text}`),
    el("span", { class: "dim block" }, facts.join(" · ")),
  ];
}

// "n of max" with a bar. A meter says the same to those who do not see.
function share(value, max, label) {
  return [
    el("span", {}, `${count(value)} of ${count(max)}`),
    el("meter", { min: 0, max: Math.max(max, 1), high: Math.max(max, 1) * 0.8, value, "aria-label": label }),
  ];
}

// What the traffic cell says.
function traffic(name, recent) {
  const requests = recent.requests.recent.get(name) ?? 0;
  const errors = recent.upstreams.recent.get(name) ?? 0;
  return [`${rate(requests / Math.max(recent.seconds, 1))} /s`, requests > 0 ? `${percent(errors / requests)} errors` : "no requests"];
}

function connectionsCell({ idle, busy, max }) {
  return [...share(idle + busy, max, "connections of the most allowed"), el("span", { class: "dim block" }, `${count(busy)} busy, ${count(idle)} idle`)];
}

function budgetCell({ saved_retries: saved, ratio, min_per_second: least }) {
  return [
    el("span", {}, `${count(saved)} saved`),
    el("span", { class: "dim block" }, `${percent(ratio)} of requests, ${least} /s at least`),
  ];
}

function row(upstream, [perSecond, errors]) {
  const unsaid = upstream.addresses.filter((address) => !upstream.url.includes(`//${address}`));
  const addresses = upstream.addresses.length ? unsaid.join(", ") : "not resolved";
  return view.row(
    [el("span", { class: "strong" }, upstream.name), el("span", { class: "dim block wrap" }, `${upstream.url} · ${upstream.dialect}`),
      addresses ? el("span", { class: "dim block wrap" }, addresses) : null],
    breakerCell(upstream.breaker),
    [el("span", {}, perSecond), el("span", { class: "dim block" }, errors)],
    share(upstream.in_flight, upstream.max_in_flight, "in flight of the most allowed"),
    connectionsCell(upstream.connections),
    budgetCell(upstream.budget));
}

export function showUpstreams(upstreams, recent) {
  if (!view) {
    view = table("Breaker, traffic of the last minutes, and what is left of each limit", [
      { name: "Upstream" }, { name: "Breaker" }, { name: "Traffic", class: "number" },
      { name: "In flight", class: "number" }, { name: "Connections", class: "number" }, { name: "Retry budget", class: "number" }], "cards");
    byId("upstreams-table").append(view.node);
  }
  // Those that need looking at come first.
  const rank = { open: 0, half_open: 1, closed: 2 };
  const sorted = [...upstreams].sort((a, b) => (rank[a.breaker.state] ?? 0) - (rank[b.breaker.state] ?? 0) || a.name.localeCompare(b.name));
  keyed(view.body, sorted, (u) => u.name, (u) => JSON.stringify([u, traffic(u.name, recent)]), (u) => row(u, traffic(u.name, recent)));
}
