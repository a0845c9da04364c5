// One request's attempts on a time line.
import { el, foreign } from "./dom.js";
import { count, milliseconds } from "./format.js";

// Attempts with the moments they begin and end at: each begins when the wait before it is over.
export function schedule(attempts) {
  let clock = 0;
  return attempts.map((attempt) => {
    const wait = attempt.backoff_ms ?? 0;
    const begin = clock + wait;
    clock = begin + attempt.ms;
    return { ...attempt, wait, waitFrom: begin - wait, begin, end: clock };
  });
}

function piece(kind, from, to, span) {
  const node = el("i", { class: kind });
  node.style.left = `${100 * from / span}%`;
  node.style.width = `${100 * (to - from) / span}%`;
  return node;
}

function track(attempt, span) {
  const pieces = [piece(attempt.status === undefined ? "run broken" : "run", attempt.begin, attempt.end, span)];
  if (attempt.wait > 0) pieces.unshift(piece("wait", attempt.waitFrom, attempt.begin, span));
  return el("div", { class: "track", "aria-hidden": "true" }, pieces);
}

function said(attempt) {
  const parts = attempt.status === undefined ? [] : [`status ${attempt.status}`];
  if (attempt.result !== "response") parts.push(parts.length ? " · " : "", attempt.result.replaceAll("_", " "));
  if (attempt.provider_code) parts.push(" · code ", foreign(attempt.provider_code));
  if (attempt.code) parts.push(` → ${attempt.code}`);
  return parts;
}

function step(attempt, span) {
  const wait = attempt.wait > 0 ? `waited ${milliseconds(attempt.wait)}, then ` : "";
  const connection = `${attempt.address ?? "no address"}, ${attempt.reused ? "reused" : "new"} connection`;
  return el("li", { value: attempt.n },
    el("div", { class: "head" },
      el("span", { class: "strong" }, `Attempt ${count(attempt.n)}`),
      el("span", {}, `${wait}${milliseconds(attempt.ms)}`),
      el("span", { class: "wrap" }, said(attempt))),
    track(attempt, span),
    el("p", { class: "why" }, attempt.retried ? "↻ " : "■ ", attempt.why),
    el("p", { class: "dim wrap" }, connection, attempt.message ? [" · ", foreign(attempt.message)] : null),
    attempt.body_excerpt ? el("details", {}, el("summary", {}, "What the provider answered (redacted, the beginning)"), el("pre", { class: "foreign" }, attempt.body_excerpt)) : null);
}

export function timeline(entry) {
  if (entry.attempts.length === 0) return el("p", {}, "No attempt was made at a provider.");
  const attempts = schedule(entry.attempts);
  const span = Math.max(entry.ms, attempts.at(-1).end, 0.001);
  return el("div", { class: "timeline" },
    el("div", { class: "scale dim", "aria-hidden": "true" }, el("span", {}, "0"), el("span", {}, milliseconds(span / 2)), el("span", {}, milliseconds(span))),
    el("ol", {}, attempts.map((attempt) => step(attempt, span))),
    el("p", { class: "legend dim" }, el("i", { class: "key wait" }), "waiting (back-off) ", el("i", { class: "key run" }), "answered ", el("i", { class: "key run broken" }), "no usable answer"));
}
