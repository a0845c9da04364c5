// Runs a round at a time, again and again: not while paused or out of sight, and less often while it
// fails.

const PERIOD_MS = 2000;
const MOST_MS = 30_000;

export class Poller {
  #does;
  #timer = 0;
  #running = null;
  #failures = 0;
  #failingSince = null;
  #paused = false;
  #ended = false;

  // {round, isFinal(error), onFinal(error), onFailure(error, since, seconds until the next), onSuccess}
  constructor(does) {
    this.#does = does;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.#paused && !this.#ended) this.now();
    });
  }

  get paused() {
    return this.#paused;
  }
  set paused(value) {
    this.#paused = value;
    if (value) clearTimeout(this.#timer);
    else this.now();
  }

  // A round at once, after the one that runs.
  async now() {
    clearTimeout(this.#timer);
    while (this.#running) await this.#running;
    clearTimeout(this.#timer);
    this.#running = this.#round().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  async #round() {
    let wait = PERIOD_MS;
    this.#ended = false;
    try {
      await this.#does.round();
      this.#failures = 0;
      this.#failingSince = null;
      this.#does.onSuccess();
    } catch (error) {
      if (this.#does.isFinal(error)) {
        this.#ended = true;
        this.#does.onSuccess();  // it answered
        this.#does.onFinal(error);
        return;
      }
      this.#failures += 1;
      this.#failingSince ??= new Date();
      wait = Math.min(PERIOD_MS * 2 ** (this.#failures - 1), MOST_MS);
      this.#does.onFailure(error, this.#failingSince, wait / 1000);
    }
    if (!this.#paused && !document.hidden) this.#timer = setTimeout(() => this.now(), wait);
  }
}
