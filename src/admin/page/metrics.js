// The Prometheus text format, as far as the gateway writes it: metric name -> [{labels, value}].

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPED = { n: "\n" };

function number(text) {
  if (text === "+Inf") return Infinity;
  return text === "-Inf" ? -Infinity : Number(text);
}

function labelsOf(text) {
  const labels = {};
  for (const [, name, value] of (text ?? "").matchAll(LABEL)) {
    labels[name] = value.replace(/\\(.)/g, (_, c) => ESCAPED[c] ?? c);
  }
  return labels;
}

export function parse(text) {
  const metrics = new Map();
  for (const line of text.split("\n")) {
    const sample = line.startsWith("#") ? null : SAMPLE.exec(line);
    if (!sample) continue;
    const [, name, labels, value] = sample;
    if (!metrics.has(name)) metrics.set(name, []);
    metrics.get(name).push({ labels: labelsOf(labels), value: number(value) });
  }
  return metrics;
}

export function samples(metrics, name) {
  return metrics.get(name) ?? [];
}

export function total(metrics, name) {
  return samples(metrics, name).reduce((sum, sample) => sum + sample.value, 0);
}

// Sums by the value of one label.
export function totalBy(metrics, name, label) {
  const sums = new Map();
  for (const { labels, value } of samples(metrics, name)) {
    sums.set(labels[label], (sums.get(labels[label]) ?? 0) + value);
  }
  return sums;
}

// What came on top of `before`, as a map of the same keys.
export function increase(now, before) {
  return new Map([...now].map(([key, value]) => [key, value - (before.get(key) ?? 0)]));
}

// The quantile of a histogram given as Map(upper bound -> cumulative count), interpolated within its
// bucket as Prometheus does; NaN when it is empty.
export function quantile(q, buckets) {
  const bounds = [...buckets].map(([bound, n]) => [number(bound), n]).sort((a, b) => a[0] - b[0]);
  const all = bounds.at(-1)?.[1] ?? 0;
  if (!(all > 0)) return NaN;
  const rank = q * all;
  const i = bounds.findIndex(([, n]) => n >= rank);
  const [low, below] = i > 0 ? bounds[i - 1] : [0, 0];
  const [high, upTo] = bounds[i];
  if (high === Infinity) return low;
  return upTo === below ? high : low + (high - low) * (rank - below) / (upTo - below);
}
