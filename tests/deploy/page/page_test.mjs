// The admin listener's page in a browser, over a gateway whose providers do what a test wants.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { accessibility, folder, freePort, open, screenshot, startBrowser, startGateway, startProvider } from "./support.mjs";

const HOSTILE = {
  code: "<script>document.title='gone'</script>",
  message: "\u202egnp.exe \u05e9\u05dc\u05d5\u05dd & \"quoted\" " + "unbroken".repeat(40),
  details: "<img src=x onerror=alert(1)>",  // seen in the excerpt of the body only
};

const ANSWERS = {
  "/ok": { status: 200, body: { ok: true } },
  "/decline": { status: 402, body: { errorCode: "INSUFFICIENT_FUNDS", message: "Insufficient funds" } },
  "/invalid": { status: 403, body: { errorCode: "PAYMENT_LIMIT_EXCEEDED", message: "Too much" } },
  "/new": { status: 402, body: { errorCode: "BRAND_NEW", message: "Something new" } },
  "/hostile": { status: 402, body: { errorCode: HOSTILE.code, message: HOSTILE.message, details: HOSTILE.details } },
  "/down": { status: 503, body: {} },
};

const routesFile = (admin, alpha, beta) => `version: 1
listen: [{address: 127.0.0.1:0}]
admin: {address: 127.0.0.1:${admin}}
threads: 1
journal: {body_excerpt: true}
access_log: {path: /dev/null}
defaults: {retry: {attempts: 3, backoff: {base: 20ms, max: 20ms}}}
upstreams:
  alpha: {url: "http://127.0.0.1:${alpha}", dialect: kiotapay, retry_budget: {min_per_second: 50}}
  beta: {url: "http://127.0.0.1:${beta}", dialect: kiotapay, circuit_breaker: {consecutive_failures: 2}}
routes:
  - {name: alpha, match: {path_prefix: /alpha/}, strip_prefix: /alpha, upstream: alpha}
  - {name: beta, match: {path_prefix: /beta/}, strip_prefix: /beta, upstream: beta, retry: {attempts: 1}}
`;

let browser, alpha, beta, gateway, routes, view;

before(async () => {
  const script = (path) => ANSWERS[path];
  [browser, alpha, beta] = await Promise.all([startBrowser(), startProvider(script), startProvider(script)]);
  routes = routesFile(await freePort(), alpha.port, beta.port);
  gateway = await startGateway("errgate", routes);
  view = await open(browser, gateway.admin, { permissions: ["clipboard-read", "clipboard-write"] });
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
  await alpha?.stop();
});

const rowsOf = (table) => view.page.locator(`${table} tbody tr`);

test("loads from this listener alone and without a complaint", async () => {
  await view.has("#state", "ready");
  await view.has("#upstreams-table", "alpha");
  await view.has("#failures-status", "No failure yet");
  await view.has("#unmapped-table", "None");
  assert.deepEqual(view.seen.complaints, []);
  const strangers = view.seen.requests.filter((url) => !url.startsWith(gateway.admin));
  assert.deepEqual(strangers, []);
});

test("markup is refused even to a script of ours", async () => {
  const refused = await view.page.evaluate(() => {
    try {
      document.body.insertAdjacentHTML("beforeend", "<i>x</i>");
      return false;
    } catch {
      return true;
    }
  });
  assert.ok(refused);
  view.seen.complaints.length = 0;  // the refusal is told on the console
});

test("figures follow the traffic", async () => {
  const figure = (n) => view.text(`#plots figure:nth-child(${n}) strong`);
  assert.equal(await view.until(async () => await figure(1) !== "–" && figure(1), "a figure"), "0 /s");
  await gateway.send("/alpha/invalid");
  let declines = 0;
  await view.until(async () => {
    await gateway.send("/alpha/ok");
    await gateway.send("/alpha/decline");
    declines += 1;
    return await figure(1) !== "0 /s" && await figure(2) !== "0 %" && await figure(3) !== "–";
  }, "requests, errors and times are shown");
  const codes = "#by-code tbody tr";
  await view.until(async () => (await view.page.locator(codes).allInnerTexts())
    .some((row) => row.startsWith("insufficient_funds") && row.endsWith(String(declines))), `${declines} declines`);
  await view.until(async () => await rowsOf("#failures-table").count() === declines + 1, "every failure is listed");
});

test("filters failures", async () => {
  const all = await rowsOf("#failures-table").count();
  await view.page.selectOption("#filter-code", "insufficient_funds");
  await view.until(async () => await rowsOf("#failures-table").count() === all - 1, "the declines are left");
  await view.page.selectOption("#filter-upstream", "beta");
  await view.has("#failures-status", "No failure matches");
  await view.page.click("#filters button[type=reset]");
  await view.until(async () => await rowsOf("#failures-table").count() === all, "all are back");
  await view.page.click("#by-code button:text-is('payment_limit_exceeded')");
  await view.until(async () => await rowsOf("#failures-table").count() === 1, "the one behind the number");
  await view.page.click("#filters button[type=reset]");
});

test("obeys a filter that is chosen while another's answer is on its way", async () => {
  const { page } = view;
  let release;
  const released = new Promise((done) => { release = done; });
  const asked = new Promise((done) => {
    page.route("**/errors?*code=insufficient_funds*", async (route) => {
      done();
      await released;
      await route.continue();
    }, { times: 1 });
  });
  await page.selectOption("#filter-code", "insufficient_funds");
  await asked;
  await page.selectOption("#filter-code", "payment_limit_exceeded");
  release();
  await view.until(async () => await rowsOf("#failures-table").count() === 1, "the second filter holds");
  await page.click("#filters button[type=reset]");
});

test("shows the attempts of a request on a time line", async () => {
  await gateway.send("/alpha/down", { "X-Request-Id": "req_timeline01" });
  await view.page.fill("#request-id", "req_timeline01");
  await view.page.press("#request-id", "Enter");
  await view.until(async () => await view.page.locator(".timeline li").count() === 3, "three attempts");
  assert.match(await view.text(".timeline li:nth-child(2)"), /waited [^]+ then [^]+status 503/);
  assert.match(await view.text(".timeline li:nth-child(1)"), /tried again/);
  assert.match(await view.text(".timeline li:nth-child(3)"), /retry\.attempts were made/);
  const bars = await view.page.locator(".timeline li .track i").evaluateAll((nodes) =>
    nodes.map((node) => [node.className, node.offsetLeft, node.offsetLeft + node.offsetWidth]));
  assert.deepEqual(bars.map(([kind]) => kind), ["run", "wait", "run", "wait", "run"]);
  for (let i = 1; i < bars.length; i += 1) assert.ok(bars[i][1] >= bars[i - 1][1], `${bars}`);
  assert.match(view.page.url(), /#request=req_timeline01$/);
  await screenshot(view.page, "look-up");
  await view.page.goto(`${gateway.admin}#request=req_nowhere01`);
  await view.has("#look-up-status", "No failure with this request id is kept");
  assert.match(view.seen.complaints.splice(0).join(), /^[^,]*404[^,]*$/);  // the browser's own word on it
  await view.page.click("#look-up-close");
});

test("shows a breaker that opens", async () => {
  await gateway.send("/beta/ok");
  await view.until(async () => /beta[^]*closed/.test(await view.text("#upstreams-table")), "closed at first");
  await beta.stop();
  for (let i = 0; i < 3; i += 1) await gateway.send("/beta/ok");
  const beta_ = view.page.locator("#upstreams-table tbody tr", { hasText: "beta" });
  await view.until(async () => (await beta_.innerText()).includes("○ open"), "open");
  assert.match(await beta_.innerText(), /next try in/);
  assert.equal(await rowsOf("#upstreams-table").first().getAttribute("data-key"), "beta", "trouble comes first");
});

test("gives the rule for a code without one", async () => {
  await gateway.send("/alpha/new");
  await view.has("#unmapped-table", "BRAND_NEW");
  await view.page.click("#unmapped-table button:has-text('Copy')");
  await view.has("#unmapped-table", "copied");
  const copied = await view.page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^- \{match: \{code: 'BRAND_NEW'.*\}, to: \w+\}$/);
});

test("leaves hostile text a text", async () => {
  await gateway.send("/alpha/hostile", { "X-Request-Id": "req_hostile01" });
  await view.has("#failures-table", HOSTILE.code);
  await view.has("#unmapped-table", HOSTILE.code);
  await view.page.goto(`${gateway.admin}#request=req_hostile01`);
  await view.has("#look-up-result", "unbrokenunbroken");
  await view.page.click("#look-up-result summary");
  await view.has("#look-up-result pre", HOSTILE.details);
  const strange = await view.page.evaluate(() => document.querySelectorAll("main script, main img, [onerror]").length);
  assert.equal(strange, 0);
  assert.equal(await view.page.title(), "errgate");
  assert.deepEqual(view.seen.complaints, []);
});

test("fits every width in both themes", async () => {
  for (const theme of ["light", "dark"]) {
    await view.page.emulateMedia({ colorScheme: theme });
    for (const width of [390, 820, 1360]) {
      await view.page.setViewportSize({ width, height: 844 });
      await view.page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
      const widest = await view.page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(widest <= width, `${theme} ${width}: ${widest}`);
      await view.turn();
      await screenshot(view.page, `${theme}-${width}`);
    }
    assert.deepEqual(await accessibility(view.page), [], theme);
  }
  const ground = () => view.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await view.page.click("#theme");  // from the system's dark to light
  const light = await ground();
  await view.page.click("#theme");
  assert.notEqual(await ground(), light);
  await view.page.click("#theme");
});

test("works with the keyboard alone", async () => {
  const { page } = view;
  await page.goto(gateway.admin);
  const focused = () => page.evaluate(() => {
    const node = document.activeElement;
    return { id: node.id, text: node.textContent, outline: getComputedStyle(node).outlineStyle };
  });
  await page.keyboard.press("Tab");
  assert.match((await focused()).text, /^Skip/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal((await focused()).id, "request-id");
  await page.keyboard.type("req_timeline01");
  await page.keyboard.press("Enter");
  await view.until(async () => (await focused()).text.includes("req_timeline01"), "the answer has the focus");
  const stops = new Set();
  for (let i = 0; i < 60 && !stops.has("filter-code"); i += 1) {
    await page.keyboard.press("Tab");
    const { id, text, outline } = await focused();
    assert.notEqual(outline, "none", `${id} ${text} shows its focus`);
    stops.add(id);
  }
  assert.ok(stops.has("filter-code"));
  await page.keyboard.type("insuff");
  await view.until(async () => (await view.page.locator("#failures-table td:nth-child(3) .strong").allInnerTexts())
    .every((code) => code === "insufficient_funds"), "filtered by typing");
  for (let i = 0; i < 3; i += 1) await view.turn();
  assert.equal((await focused()).id, "filter-code", "a round of polling leaves the focus alone");
  await page.click("#filters button[type=reset]");
});

test("shows a reload that failed until one succeeds", async () => {
  const hash = await view.text("#configuration-body .hash");
  writeFileSync(gateway.file, routes.replace("threads: 1", "thread: 1"));
  await view.has("#reload", "The last reload failed");
  assert.match(await view.text("#reload"), /errgate\.yaml:4:\d+.*thread/);
  assert.equal(await view.text("#configuration-body .hash"), hash);
  await screenshot(view.page, "reload-failed");
  writeFileSync(gateway.file, routes.replace("20ms, max: 20ms", "20ms, max: 30ms"));
  await view.until(async () => !await view.page.isVisible("#reload"), "forgotten after a success");
  assert.notEqual(await view.text("#configuration-body .hash"), hash);
});

test("asks nothing while it is out of sight or paused", async () => {
  const { page, seen } = view;
  const asked = async (turns) => {
    await view.turn();
    await view.idle();
    const before = seen.requests.length;
    for (let i = 0; i < turns; i += 1) await view.turn();
    return seen.requests.length - before;
  };
  const hide = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { configurable: true, value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await hide(true);
  assert.equal(await asked(5), 0);
  await hide(false);
  await view.until(() => asked(1), "it asks again when seen");
  await page.click("#pause");
  assert.equal(await asked(5), 0);
  await page.click("#pause");
  await view.until(() => asked(1), "it asks again when resumed");
});

test("keeps what it shows when the gateway is gone, and says so", async () => {
  await gateway.stop();
  await view.has("#connection", "The gateway has not answered since");
  await view.has("#connection", "Next try in 8 s");
  await view.has("#failures-table", "insufficient_funds");
  await screenshot(view.page, "gone");
  gateway = await startGateway("errgate", routes);
  await view.page.click("#try-now");
  await view.until(async () => !await view.page.isVisible("#connection"), "it is back");
  await view.has("#failures-status", "No failure yet");
});

test("asks for the token and keeps it for the tab only", async () => {
  const secret = "correct-horse-battery";
  writeFileSync(`${folder}/token`, secret);
  const guarded = await startGateway("guarded", routesFile(0, alpha.port, alpha.port).replace("admin: {", "admin: {token_file: token, "));
  const tab = await open(browser, guarded.admin);
  try {
    await tab.has("#token-form", "a bearer token is needed");
    await tab.page.fill("#token", "wrong-token-entirely");
    await tab.page.press("#token", "Enter");
    await tab.has("#token-form", "not the admin token");
    await tab.page.fill("#token", secret);
    await tab.page.press("#token", "Enter");
    await tab.has("#upstreams-table", "alpha");
    assert.equal(await tab.page.isVisible("#token-form"), false);
    await tab.page.reload();
    await tab.has("#upstreams-table", "alpha");
    const kept = JSON.stringify(await tab.context.storageState());
    assert.ok(!kept.includes(secret), "neither in a cookie nor in localStorage");
    assert.ok(!tab.page.url().includes(secret));
    await tab.page.click("#forget");
    await tab.has("#token-form", "a bearer token is needed");
  } finally {
    await tab.context.close();
    await guarded.stop();
  }
});
