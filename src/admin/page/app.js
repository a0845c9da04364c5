// The page: asks the gateway every two seconds and hands what it says to the parts.
import { Refused, Unanswered, getJson, getText, hasToken, setToken } from "./api.js";
import { showConfiguration, showReload } from "./configuration.js";
import { byId, setText } from "./dom.js";
import { showErrors } from "./errors.js";
import { choose, onFilter, setChoices, showFailures } from "./failures.js";
import { clock } from "./format.js";
import { History } from "./history.js";
import { followAddress, startLookup } from "./lookup.js";
import { parse, samples, total } from "./metrics.js";
import { showPlots } from "./plots.js";
import { Poller } from "./poller.js";
import { showUnmapped } from "./unmapped.js";
import { showUpstreams } from "./upstreams.js";

const history = new History();
let categories = null;  // code -> category
const categoryOf = (code) => categories?.get(code) ?? "";

// Fetches a part again when its sign (a number or text of /metrics) changed; twice, since what is
// counted may be written down a moment later.
class Changes {
  #seen = new Map();
  #forgotten = 0;
  async when(name, sign, refresh) {
    const { last, again } = this.#seen.get(name) ?? {};
    if (last === sign && !again) return;
    const before = this.#forgotten;
    await refresh();
    if (before !== this.#forgotten) return;  // meanwhile: what was fetched may be out of date
    this.#seen.set(name, { last: sign, again: last !== undefined && last !== sign });
  }
  forget(name) {
    this.#forgotten += 1;
    this.#seen.delete(name);
  }
}
const changes = new Changes();

function showState(ready, version) {
  const state = byId("state");
  setText(byId("version"), version);
  setText(state, ready.status === "ready" ? "● ready" : `◐ not ready: ${ready.reason}`);
  state.className = `state ${ready.status === "ready" ? "good" : "warn"}`;
}

async function refreshParts(metrics) {
  const hash = samples(metrics, "errgate_config_info")[0]?.labels.hash ?? "";
  const started = total(metrics, "process_start_time_seconds");
  const loaded = total(metrics, "errgate_config_last_reload_success_timestamp_seconds");
  const succeeded = total(metrics, "errgate_config_last_reload_success") === 1;
  await changes.when("configuration", `${hash} ${loaded}`, async () => {
    const config = await showConfiguration();
    setChoices("upstream", Object.keys(config.upstreams ?? {}));
    setChoices("route", (config.routes ?? []).map((route) => route.name));
  });
  await changes.when("reload", `${started} ${succeeded} ${total(metrics, "errgate_config_reloads_total")}`, () => showReload(succeeded));
  await changes.when("failures", `${started} ${total(metrics, "errgate_errors_total")}`, showFailures);
  await changes.when("unmapped", `${started} ${total(metrics, "errgate_unmapped_errors_total")}`, showUnmapped);
}

async function round() {
  const [text, { upstreams }, ready] = await Promise.all([getText("metrics"), getJson("upstreams"), getJson("readyz", [503])]);
  byId("token-form").hidden = true;
  byId("forget").hidden = !hasToken();
  if (!categories) categories = new Map((await getJson("codes")).codes.map(({ code, category }) => [code, category]));
  const metrics = parse(text);
  history.add(Date.now() / 1000, metrics, categoryOf);
  showState(ready, samples(metrics, "errgate_build_info")[0]?.labels.version ?? "");
  if (history.points.length) showPlots(history.points);
  const recent = history.recent();
  showUpstreams(upstreams, recent);
  showErrors(recent, categoryOf, showOnly);
  setChoices("code", recent.codes.total.keys());
  await refreshParts(metrics);
  setText(byId("updated"), clock(new Date()));
}

function showOnly(filters) {
  choose(filters);
  refilter();
  byId("failures-title").scrollIntoView();
  byId("filter-code").focus({ preventScroll: true });
}

function refilter() {
  changes.forget("failures");
  poller.now();
}

function askForToken(why) {
  setText(byId("token-why"), why);
  byId("forget").hidden = !hasToken();
  if (!byId("token-form").hidden) return;
  byId("token-form").hidden = false;
  byId("token").focus();
}

const poller = new Poller({
  round,
  isFinal: (error) => error instanceof Refused,  // asking again would not help
  onFinal: (error) => askForToken(`The admin listener says: ${error.message}.`),
  onFailure(error, since, nextInSeconds) {
    const seen = byId("updated").textContent;
    const old = seen === "never" ? "Nothing could be shown yet." : `What is shown is from ${seen}.`;
    const what = error instanceof Unanswered ? "The gateway has not answered" : "The page could not be brought up to date";
    setText(byId("connection-text"), `${what} since ${clock(since)} (${error.message}). ${old} Next try in ${nextInSeconds} s.`);
    byId("connection").hidden = false;
    byId("main").classList.add("stale");
    setText(byId("state"), "○ no answer");
    byId("state").className = "state bad";
  },
  onSuccess() {
    byId("connection").hidden = true;
    byId("main").classList.remove("stale");
  },
});

byId("try-now").addEventListener("click", () => poller.now());
byId("pause").addEventListener("click", (event) => {
  poller.paused = !poller.paused;
  event.target.setAttribute("aria-pressed", String(poller.paused));
  setText(event.target, poller.paused ? "Resume" : "Pause");
});
byId("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = byId("token").value.trim();
  if (!/^[!-~]+$/.test(given)) {
    setText(byId("token-why"), "A token has letters, digits and signs of ASCII only, and no spaces.");
    return;
  }
  setToken(given);
  byId("token").value = "";
  poller.now().then(followAddress);
});
byId("forget").addEventListener("click", () => {
  setToken("");
  byId("forget").hidden = true;
  poller.now();
});
onFilter(refilter);
startLookup();
poller.now().then(followAddress);
