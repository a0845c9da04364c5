// The small plots of traffic, failures and latency (uPlot draws them).
import { byId, el, setText } from "./dom.js";
import { clock, milliseconds, percent, rate } from "./format.js";

const HEIGHT = 112;
const SPAN_SECONDS = 600;

const PLOTS = [
  {
    title: "Requests", unit: "over 10 s", figure: (p) => `${rate(p.requests)} /s`,
    note: (p) => `${rate(p.failures)} /s failed · ${p.inFlight} in flight`,
    show: rate, floor: 1,
    series: [{ name: "all", of: (p) => p.requests, colour: "--line-1", fill: true }, { name: "failed", of: (p) => p.failures, colour: "--line-2", dash: [4, 3] }],
  },
  {
    title: "Error rate", unit: "of requests", figure: (p) => percent(p.failureRatio),
    // The rest are declines and bad requests.
    note: (p) => `${percent(p.outageRatio)} by provider or gateway`,
    show: percent, floor: 0.05,
    series: [{ name: "all errors", of: (p) => p.failureRatio, colour: "--line-2", fill: true }, { name: "provider or gateway", of: (p) => p.outageRatio, colour: "--line-3", dash: [4, 3] }],
  },
  {
    title: "Time to answer", unit: "95th percentile", figure: (p) => milliseconds(p.p95),
    note: (p) => `median ${milliseconds(p.median)}`,
    show: milliseconds, floor: 1,
    series: [{ name: "95th percentile", of: (p) => p.p95, colour: "--line-1" }, { name: "median", of: (p) => p.median, colour: "--line-3", dash: [4, 3] }],
  },
];

// A custom property's colour as it is now; the property itself may read `light-dark(...)`.
function colour(name) {
  const probe = byId("plots");
  probe.style.color = `var(${name})`;
  const value = getComputedStyle(probe).color;
  probe.style.color = "";
  return value;
}

function axes(plot) {
  const common = { font: "11px system-ui, sans-serif", stroke: () => colour("--dim"), ticks: { show: false } };
  const grid = { stroke: () => colour("--rule"), width: 1 };
  return [
    { ...common, size: 22, space: 50, incrs: [60, 120, 300], grid: { show: false }, values: (_, times) => times.map((t) => clock(new Date(t * 1000)).slice(0, 5)) },
    { ...common, size: 52, space: 28, grid, values: (_, values) => values.map((v) => (v === 0 ? "0" : plot.show(v))) },
  ];
}

function options(plot, width, onCursor) {
  return {
    width, height: HEIGHT, padding: [8, 8, 0, 0], legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { range: (u, min, max) => [Math.min(min, max - 240), max] },
      y: { range: (u, min, max) => [0, Math.max(max, plot.floor) * 1.1] },
    },
    axes: axes(plot),
    series: [{}, ...plot.series.map((s) => ({
      stroke: () => colour(s.colour), width: 1.5, dash: s.dash, points: { show: false }, spanGaps: true,
      fill: s.fill ? () => colour(s.colour).replace("rgb(", "rgba(").replace(")", ", 0.12)") : undefined,
    }))],
    hooks: { setCursor: [(u) => onCursor(u.cursor.idx)] },
  };
}

function legend(plot) {
  return el("span", { class: "legend" }, plot.series.map((s) =>
    el("span", {}, el("i", { class: `key key${s.colour.slice(7)}${s.dash ? " dashed" : ""}` }), s.name)));
}

function build(plot) {
  const figure = el("strong", {}, "–");
  const note = el("span", { class: "dim" });
  const at = el("span", { class: "dim" }, plot.unit);
  const canvas = el("div", { class: "canvas", "aria-hidden": "true" });
  const node = el("figure", {}, el("figcaption", {}, el("span", { class: "name" }, plot.title), figure, at, note), canvas, legend(plot));
  byId("plots").append(node);

  let points = [];
  let chosen = null;
  const say = () => {
    const shown = points[chosen ?? points.length - 1];
    if (!shown) return;
    setText(figure, plot.figure(shown));
    setText(note, plot.note(shown));
    setText(at, chosen === null ? plot.unit : `at ${clock(new Date(shown.time * 1000))}`);
  };
  const onCursor = (index) => {
    chosen = index ?? null;
    say();
  };
  // uPlot is a global: its build is a classic script.
  const chart = new globalThis.uPlot(options(plot, canvas.clientWidth, onCursor), [[], [], []], canvas);
  new ResizeObserver(() => chart.setSize({ width: canvas.clientWidth, height: HEIGHT })).observe(canvas);
  addEventListener("theme", () => chart.redraw());
  return (latest) => {
    points = latest;
    const finite = (value) => (Number.isFinite(value) ? value : null);
    chart.setData([points.map((p) => p.time), ...plot.series.map((s) => points.map((p) => finite(s.of(p))))]);
    say();
  };
}

let updates = null;

export function showPlots(points) {
  updates ??= PLOTS.map(build);
  for (const update of updates) update(points.filter((p) => p.time > points.at(-1).time - SPAN_SECONDS));
}
