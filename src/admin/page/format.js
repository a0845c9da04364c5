// Numbers and times as people read them.

const whole = new Intl.NumberFormat("en");

export function count(value) {
  return whole.format(Math.round(value));
}

// Three significant digits, but never less than whole ones.
export function rate(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  if (value < 0.01) return "< 0.01";
  if (value >= 100) return count(value);
  return value.toFixed(value >= 10 ? 1 : 2);
}

export function percent(ratio) {
  if (!Number.isFinite(ratio)) return "–";
  const value = ratio * 100;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)} %`;
}

export function milliseconds(value) {
  if (!Number.isFinite(value)) return "–";
  if (value >= 60_000) return `${(value / 60_000).toFixed(1)} min`;
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)} ms`;
}

const two = (value) => String(value).padStart(2, "0");

// The clock of whoever looks.
export function clock(date) {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

// With the day, when it is not today.
export function when(date) {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return date.toDateString() === new Date().toDateString() ? clock(date) : `${day} ${clock(date)}`;
}
