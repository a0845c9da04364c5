// Errors by code and by upstream: lately, and since the gateway started.
import { byId, el, keyed, setText, table } from "./dom.js";
import { clock, count, percent } from "./format.js";

const views = {};

function view(id, caption, first, extra) {
  if (!views[id]) {
    views[id] = table(caption, [{ name: first }, { name: extra }, { name: "Last 5 min", class: "number" }, { name: "Since start", class: "number" }]);
    byId(id).append(views[id].node);
  }
  return views[id];
}

// A bar as long as this row's share of the largest; the number beside it says the same.
function bar(value, largest) {
  if (!value) return null;
  const inner = el("i");
  inner.style.width = `${100 * value / largest}%`;
  return el("span", { class: "bar", "aria-hidden": "true" }, inner);
}

function show(shown, sums, second, choose, what) {
  const rows = [...sums.total].filter(([, total]) => total > 0)
    .map(([name, total]) => ({ name, total, recent: sums.recent.get(name) ?? 0, second: second(name) }))
    .sort((a, b) => b.recent - a.recent || b.total - a.total || a.name.localeCompare(b.name));
  const largest = Math.max(...rows.map((r) => r.recent));
  const items = rows.length ? rows : [null];
  keyed(shown.body, items, (r) => r?.name ?? "", (r) => JSON.stringify([r, largest]), (r) => {
    if (!r) return el("tr", { role: "row" }, el("td", { role: "cell", colspan: 4, class: "empty" }, "None since the gateway started."));
    const link = el("button", { type: "button", class: "link", title: `Show recent failures of this ${what}`, onclick: () => choose(r.name) }, r.name);
    return shown.row(link, r.second, [count(r.recent), bar(r.recent, largest)], count(r.total));
  });
}

// `choose` is told {code} or {upstream} when somebody wants to see the failures behind a number.
export function showErrors(recent, categoryOf, choose) {
  const codes = view("by-code", "By code", "Code", "Category");
  const upstreams = view("by-upstream", "By upstream", "Upstream", "Of its requests");
  const span = recent.full ? "Last 5 min" : `Since ${clock(new Date(recent.since * 1000))}`;
  for (const { heads } of [codes, upstreams]) setText(heads[2], span);
  show(codes, recent.codes, categoryOf, (code) => choose({ code }), "code");
  show(upstreams, recent.upstreams, (name) => {
    const requests = recent.requests.total.get(name) ?? 0;
    return requests > 0 ? percent((recent.upstreams.total.get(name) ?? 0) / requests) : "–";
  }, (upstream) => choose({ upstream: upstream === "none" ? "" : upstream }), "upstream");
}
