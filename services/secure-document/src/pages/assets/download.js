// One file on its way to the device.
//
// Files up to IN_PAGE bytes are fetched here: the page shows the progress and, when the connection
// breaks, goes on where it stopped (Range with If-Range). Larger ones would fill a phone's memory, so
// the browser's own download takes them.

const IN_PAGE = 64 * 1024 * 1024;
const RETRY_AFTER = [1_000, 3_000, 8_000];
const KEEP_URL = 60_000;

/** The service answered, but not with the file. */
class Refused extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

export class Download {
  #chunks = [];
  #received = 0;
  #etag = "";
  #abort = null;

  /** ready, running, waiting, stopped, saved or started */
  state = "ready";
  onchange = () => {};
  onrefused = () => {};

  constructor(file) {
    this.file = file;
    this.url = `/d/files/${encodeURIComponent(file.id)}`;
  }

  /** What has arrived, from 0 to 1. */
  get share() {
    return this.file.size ? Math.min(1, this.#received / this.file.size) : 1;
  }

  async start() {
    if (this.state === "running" || this.state === "waiting") {
      return;
    }
    if (this.file.size > IN_PAGE || !("ReadableStream" in window)) {
      save(this.url, this.file.name);
      this.#become("started");
      return;
    }
    if (this.state === "saved") {
      this.#forget();
    }
    this.#abort = new AbortController();
    await this.#fetchAll(this.#abort.signal);
  }

  stop() {
    this.#abort?.abort();
    this.#forget();
  }

  #become(state) {
    this.state = state;
    this.onchange();
  }

  #forget() {
    this.#chunks = [];
    this.#received = 0;
    this.#etag = "";
  }

  async #fetchAll(signal) {
    for (let failures = 0; ; ) {
      const before = this.#received;
      try {
        this.#become("running");
        await this.#fetchRest(signal);
        this.#hand();
        return;
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        if (error instanceof Refused && error.status < 500) {
          this.#become("stopped");
          this.onrefused(error.status);
          return;
        }
        failures = this.#received > before ? 1 : failures + 1;
        if (failures > RETRY_AFTER.length) {
          this.#become("stopped");
          return;
        }
        this.#become("waiting");
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER[failures - 1]));
        if (signal.aborted) {
          return;
        }
      }
    }
  }

  async #fetchRest(signal) {
    const headers = this.#received
      ? { range: `bytes=${this.#received}-`, "if-range": this.#etag }
      : {};
    const response = await fetch(this.url, { headers, cache: "no-store", signal });
    if (!response.ok) {
      throw new Refused(response.status);
    }
    if (response.status !== 206) {
      this.#forget();
    }
    this.#etag = response.headers.get("etag") ?? "";
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      this.#chunks.push(value);
      this.#received += value.length;
      this.onchange();
    }
    if (this.#received !== this.file.size) {
      throw new Error("the answer ended early");
    }
  }

  /** Gives the whole file to the browser, as bytes to keep and not to show. */
  #hand() {
    const blob = new Blob(this.#chunks, { type: "application/octet-stream" });
    const url = URL.createObjectURL(blob);
    save(url, this.file.name);
    setTimeout(() => URL.revokeObjectURL(url), KEEP_URL);
    this.#chunks = [];
    this.#become("saved");
  }
}

function save(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
