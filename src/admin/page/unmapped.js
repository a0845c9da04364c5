// Provider codes that no rule names, with the rule to paste into the dialect.
import { getJson } from "./api.js";
import { byId, el, foreign, keyed, setText, table } from "./dom.js";
import { requestLink } from "./failures.js";
import { count, when } from "./format.js";

let view = null;

// The clipboard is for secure contexts only; elsewhere the text is selected and copied the old way.
async function copy(node, said) {
  try {
    await navigator.clipboard.writeText(node.textContent);
    setText(said, "copied");
  } catch {
    getSelection().selectAllChildren(node);
    setText(said, document.execCommand("copy") ? "copied" : "selected: press Ctrl+C");
  }
  setTimeout(() => setText(said, ""), 3000);
}

function ruleCell(code) {
  const rule = el("code", { class: "rule foreign" }, code.rule);
  const said = el("span", { role: "status", class: "dim" });
  return [rule, el("span", { class: "block" }, el("button", { type: "button", "aria-label": `Copy the rule for ${code.provider_code || code.provider_status}`, onclick: () => copy(rule, said) }, "Copy"), " ", said)];
}

function row(code) {
  return view.row(
    [el("span", { class: "strong wrap" }, foreign(code.provider_code || `status ${code.provider_status}`)),
      el("span", { class: "dim block wrap" }, code.provider_type ? [foreign(code.provider_type), " "] : null, code.provider_code ? `status ${code.provider_status}` : "no code")],
    code.upstream,
    count(code.count),
    [when(new Date(code.last_seen)), el("span", { class: "dim block moment" }, `first ${when(new Date(code.first_seen))}`)],
    code.treated_as,
    [requestLink(code.example.request_id), el("span", { class: "dim block wrap" }, `${code.example.method} `, foreign(code.example.path)),
      el("span", { class: "block clamp" }, foreign(code.example.message))],
    ruleCell(code));
}

export async function showUnmapped() {
  const { unmapped, forgotten } = await getJson("unmapped");
  if (!view) {
    view = table("Most frequent first", [
      { name: "Provider's code" }, { name: "Upstream" }, { name: "Count", class: "number" }, { name: "Last seen" },
      { name: "Treated as" }, { name: "Example" }, { name: "Rule to paste under `rules:` of the dialect" }], "cards");
    byId("unmapped-table").append(view.node);
  }
  setText(view.caption, unmapped.length === 0
    ? "None: every error so far was named by a rule."
    : `Most frequent first${forgotten ? `; ${count(forgotten)} rarer ones were forgotten` : ""}. Correct what a rule maps \`to\` before pasting it.`);
  view.node.classList.toggle("bare", unmapped.length === 0);
  keyed(view.body, unmapped, (c) => JSON.stringify([c.upstream, c.provider_status, c.provider_code, c.provider_type]),
    (c) => JSON.stringify([c.count, c.rule]), row);
}
