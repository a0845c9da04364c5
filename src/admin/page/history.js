// What the counters did since the page was opened: a series for the plots, and sums over a while.
import { increase, quantile, samples, total, totalBy } from "./metrics.js";

const KEPT_SECONDS = 600;
const RECENT_SECONDS = 300;
const RATE_SECONDS = 10;  // one round's counts of rare requests would jump between nothing and much
const OUTAGES = new Set(["upstream", "gateway"]);  // categories that are nobody's bad card

// The few sums of a scrape that are looked at again.
function snapshot(time, metrics, categoryOf) {
  const codes = totalBy(metrics, "errgate_errors_total", "code");
  const outages = [...codes].reduce((sum, [code, n]) => sum + (OUTAGES.has(categoryOf(code)) ? n : 0), 0);
  return {
    time,
    started: total(metrics, "process_start_time_seconds"),
    requests: total(metrics, "errgate_requests_total"),
    failures: total(metrics, "errgate_errors_total"),
    outages,
    codes,
    upstreams: totalBy(metrics, "errgate_errors_total", "upstream"),
    upstreamRequests: totalBy(metrics, "errgate_requests_total", "upstream"),
    buckets: totalBy(metrics, "errgate_request_duration_seconds_bucket", "le"),
    inFlight: samples(metrics, "errgate_in_flight_requests").reduce((sum, s) => sum + s.value, 0),
  };
}

function point(now, before) {
  const seconds = now.time - before.time;
  const requests = now.requests - before.requests;
  const failures = now.failures - before.failures;
  const slow = increase(now.buckets, before.buckets);
  return {
    time: now.time,
    requests: requests / seconds,
    failures: failures / seconds,
    failureRatio: requests > 0 ? Math.min(failures / requests, 1) : 0,
    outageRatio: requests > 0 ? Math.min((now.outages - before.outages) / requests, 1) : 0,
    median: quantile(0.5, slow) * 1000,
    p95: quantile(0.95, slow) * 1000,
    inFlight: now.inFlight,
  };
}

export class History {
  points = [];
  #scrapes = [];

  // `time` in seconds. True when the gateway was started anew since the last call.
  add(time, metrics, categoryOf) {
    const now = snapshot(time, metrics, categoryOf);
    const restarted = this.#scrapes.length > 0 && this.#scrapes[0].started !== now.started;
    if (restarted) this.#scrapes = [];
    const before = this.#scrapes.findLast((s) => s.time <= time - RATE_SECONDS) ?? this.#scrapes[0];
    if (before && now.time > before.time) this.points.push(point(now, before));
    this.#scrapes.push(now);
    this.points = this.points.filter((p) => p.time > time - KEPT_SECONDS);
    while (this.#scrapes.length > 2 && this.#scrapes[1].time <= time - RECENT_SECONDS) this.#scrapes.shift();
    return restarted;
  }

  // Sums and increases over the last five minutes (then it is `full`), or since the page knows the
  // gateway, or since it was last looked at.
  recent() {
    const [first, last] = [this.#scrapes[0], this.#scrapes.at(-1)];
    return {
      since: first.time,
      seconds: last.time - first.time,
      full: Math.abs(last.time - first.time - RECENT_SECONDS) <= RECENT_SECONDS / 10,
      codes: { total: last.codes, recent: increase(last.codes, first.codes) },
      upstreams: { total: last.upstreams, recent: increase(last.upstreams, first.upstreams) },
      requests: { total: last.upstreamRequests, recent: increase(last.upstreamRequests, first.upstreamRequests) },
    };
  }
}
