// The configuration in use, and what the last reload said.
import { getJson } from "./api.js";
import { byId, el, keyed } from "./dom.js";
import { when } from "./format.js";

let parts = null;

function build() {
  parts = { facts: el("dl", { class: "facts" }), notices: el("ul", { class: "notices" }), members: el("div", { class: "members" }) };
  byId("configuration-body").append(parts.facts, parts.notices, parts.members);
}

const fact = (name, ...value) => el("div", {}, el("dt", {}, name), el("dd", { class: "wrap" }, ...value));

// "upstreams (5)"; a scalar needs no unfolding.
function member([name, value]) {
  if (value === null || typeof value !== "object") return el("p", { class: "member" }, el("span", { class: "strong" }, name), " ", el("code", {}, JSON.stringify(value)));
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  return el("details", {}, el("summary", {}, name, " ", el("span", { class: "dim" }, `(${size})`)), el("pre", { tabindex: "0" }, JSON.stringify(value, null, 2)));
}

export async function showConfiguration() {
  const { hash, loaded_at: loadedAt, files, notices, config } = await getJson("config");
  if (!parts) build();
  parts.facts.replaceChildren(
    fact("Hash", el("code", { class: "hash" }, hash)),
    fact("Loaded", when(new Date(loadedAt * 1000))),
    fact(files.length === 1 ? "File" : "Files", files.join(", ")));
  keyed(parts.notices, notices, (n) => n, () => "", (n) => el("li", { class: "wrap" }, n));
  keyed(parts.members, Object.entries(config), ([name]) => name, ([, value]) => JSON.stringify(value), member);
  return config;
}

function problem({ file, line, column, path, message }) {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return el("li", { class: "wrap" }, el("code", {}, place), path ? [" ", el("code", {}, path)] : null, ": ", message);
}

// A failed reload is a banner until one succeeds.
export async function showReload(lastSucceeded) {
  const banner = byId("reload");
  if (lastSucceeded) {
    banner.hidden = true;
    return;
  }
  const { last } = await getJson("reload");
  if (!last || last.result === "success") return;
  const more = last.reason.match(/^(\d+) problem/);
  const hidden = more ? Number(more[1]) - last.problems.length : 0;
  banner.replaceChildren(
    el("p", {}, el("strong", {}, "The last reload failed"), ` (${last.trigger}, ${when(new Date(last.at * 1000))}): ${last.reason}. The configuration from before stays in use.`),
    el("ul", {}, last.problems.map(problem), hidden > 0 ? el("li", {}, `and ${hidden} more`) : null));
  banner.hidden = false;
}
