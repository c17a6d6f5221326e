// One file on its way to the device.
//
// Files up to IN_PAGE bytes are fetched here: the page shows the progress and, when the connection
// breaks, goes on where it stopped (Range with If-Range). Larger ones would fill a phone's memory, so
// the browser's own download takes them.

import { Problem } from "./service.js";

const IN_PAGE = 64 * 1024 * 1024;
const RETRY_AFTER = [1000, 3000, 8000];
const KEEP_URL = 60000;

/** A download of a file; its state is ready, running, waiting, stopped, saved or started. */
export function createDownload(file) {
  let chunks = [];
  let received = 0;
  let etag = "";
  let abort = null;

  const download = {
    file,
    url: `/d/files/${encodeURIComponent(file.id)}`,
    state: "ready",
    onchange() {},
    onrefused() {},
    /** What has arrived, from 0 to 1. */
    share: () => (file.size ? Math.min(1, received / file.size) : 1),
    start,
    stop() {
      if (abort) {
        abort.abort();
      }
      startOver();
    },
  };
  return download;

  function become(state) {
    download.state = state;
    download.onchange();
  }

  function startOver() {
    chunks = [];
    received = 0;
    etag = "";
  }

  async function start() {
    if (download.state === "running" || download.state === "waiting") {
      return;
    }
    if (file.size > IN_PAGE || !("ReadableStream" in window)) {
      save(download.url, file.name);
      become("started");
      return;
    }
    if (download.state === "saved") {
      startOver();
    }
    abort = new AbortController();
    await fetchAll(abort.signal);
  }

  async function fetchAll(signal) {
    let failures = 0;
    for (;;) {
      const before = received;
      try {
        become("running");
        await fetchRest(signal);
        hand();
        return;
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        if (error instanceof Problem && error.status < 500) {
          become("stopped");
          download.onrefused(error);
          return;
        }
        failures = received > before ? 1 : failures + 1;
        if (failures > RETRY_AFTER.length) {
          become("stopped");
          return;
        }
        become("waiting");
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER[failures - 1]));
        if (signal.aborted) {
          return;
        }
      }
    }
  }

  async function fetchRest(signal) {
    const headers = received ? { range: `bytes=${received}-`, "if-range": etag } : {};
    const response = await fetch(download.url, { headers, cache: "no-store", signal });
    if (!response.ok) {
      throw new Problem(response.status);
    }
    if (response.status !== 206) {
      startOver();
    }
    etag = response.headers.get("etag") || "";
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      chunks.push(value);
      received += value.length;
      download.onchange();
    }
    if (received !== file.size) {
      throw new Error("the answer ended early");
    }
  }

  /** Gives the whole file to the browser, as bytes to keep and not to show. */
  function hand() {
    const url = URL.createObjectURL(new Blob(chunks, { type: "application/octet-stream" }));
    save(url, file.name);
    setTimeout(() => URL.revokeObjectURL(url), KEEP_URL);
    chunks = [];
    become("saved");
  }
}

function save(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.appendChild(link);
  link.click();
  link.remove();
}
