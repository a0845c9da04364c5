// What the test of the page stands on: a scripted provider, the gateway, and a browser page that
// tells of every error and of every request.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";
import { join } from "node:path";

const installed = createRequire(join(process.env.PAGE_TEST_MODULES, "x.js"));
const { chromium } = installed("playwright-core");
const { source: axe } = installed("axe-core");

const PATIENCE_MS = 60_000;
const POLL_MS = 2000;  // the page's own

export const folder = process.env.PAGE_TEST_FOLDER;

export async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await new Promise((done) => probe.once("listening", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

// Answers every request with `script(path)`: {status, body}.
export async function startProvider(script) {
  const server = http.createServer((request, response) => {
    const { status, body } = script(request.url);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  return {
    port: server.address().port,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

// `errgate run` with this routes file, once it listens.
export async function startGateway(name, routes) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, routes);
  const child = spawn(process.env.ERRGATE_BINARY, ["run", "--config", file], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const port = (pattern) => said.match(pattern)?.[1];
  await new Promise((ready, failed) => {
    child.stderr.on("data", (text) => {
      said += text;
      if (port(/admin on http:\/\/127.0.0.1:(\d+)/)) ready();
    });
    child.once("exit", () => failed(new Error(`the gateway ended: ${said}`)));
  });
  const url = `http://127.0.0.1:${port(/listening on http:\/\/127.0.0.1:(\d+)/)}`;
  return {
    file, admin: `http://127.0.0.1:${port(/admin on http:\/\/127.0.0.1:(\d+)/)}/`,
    send: (path, headers = {}) => fetch(url + path, { headers }).then((answer) => answer.text()),
    stop() {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      return ended;
    },
  };
}

export function startBrowser() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}

// The page opened in a fresh profile, its clock in our hands: `turn()` is one round of polling.
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  const seen = { complaints: [], requests: [] };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    seen.complaints.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  let waiting = 0;
  page.on("request", (request) => {
    seen.requests.push(request.url());
    waiting += 1;
  });
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, () => { waiting -= 1; });
  await page.clock.install();
  await page.goto(address);
  const turn = () => page.clock.runFor(POLL_MS + 100);
  // The first true value of `condition()`, asking the gateway again in between.
  const until = async (condition, what) => {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const value = await condition();
      if (value) return value;
      await turn();
      await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error(`still not so: ${what}; the page says\n${await page.locator("body").innerText()}`);
  };
  // Nothing is on its way, and nothing followed what came last.
  const idle = async () => {
    for (let calm = 0; calm < 10; calm = waiting === 0 ? calm + 1 : 0) await new Promise((done) => setTimeout(done, 25));
  };
  const text = (selector) => page.locator(selector).innerText();
  const has = (selector, wanted) => until(async () => (await text(selector)).includes(wanted), `${selector} has "${wanted}"`);
  return { page, context, seen, turn, idle, until, text, has };
}

// What axe finds wrong (contrast, names, roles, labels ...), one line a rule.
export async function accessibility(page) {
  await page.evaluate(`${axe}; 0`);
  const found = page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  const finished = found.then(() => true);
  // axe waits with timers, which are ours.
  while (!await Promise.race([finished, page.clock.runFor(100).then(() => false)]));
  return (await found).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

// For people: into the folder PAGE_TEST_SCREENSHOTS, when there is one.
export async function screenshot(page, name) {
  const shots = process.env.PAGE_TEST_SCREENSHOTS;
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}
