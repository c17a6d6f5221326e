// What every scenario stands on: a browser, a proxy in front of the gateway, and the talk with the test.
//
// The test writes a job as one line of JSON and answers questions; what a scenario finds out it writes
// as one line at its end. Tokens and codes travel on these pipes only, never in arguments.

import http from "node:http";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.env.BITEWING_BROWSER_DIR}/package.json`);
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function hear() {
  const { value, done } = await lines.next();
  if (done) {
    throw new Error("the test has gone");
  }
  return JSON.parse(value);
}

/** What is to be done. */
export const job = await hear();

/** Asks the test, which sees the patient's phone and the clinic's side. */
export async function ask(question) {
  process.stdout.write(`${JSON.stringify(question)}\n`);
  return hear();
}

/** The newest code on a patient's phone, once more than `seen` messages have arrived. */
export async function codeOnPhone(patient, seen = 0) {
  return (await ask({ ask: "code", patient, seen })).text;
}

export function wrong(code) {
  return String((Number(code) + 1) % 1_000_000).padStart(6, "0");
}

/** The gateway as a patient reaches it, from an address of their own; it can cut a file off. */
export async function proxy(address, cutAfter = 0) {
  const upstream = new URL(job.base);
  const seen = { ranges: [], urls: [], referers: [], bodies: new Map(), headers: new Map() };
  let cut = cutAfter;
  const server = http.createServer((request, response) => {
    seen.urls.push(request.url);
    seen.referers.push(request.headers.referer ?? "");
    if (request.url.startsWith("/d/files/")) {
      seen.ranges.push(request.headers.range ?? "");
    }
    const headers = { ...request.headers, "x-forwarded-for": address };
    const { hostname, port } = upstream;
    const onward = http.request(
      { hostname, port, path: request.url, method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        seen.headers.set(request.url, answer.headers);
        const chunks = [];
        let sent = 0;
        answer.on("data", (chunk) => {
          sent += chunk.length;
          if (request.url.includes("/api/")) {
            chunks.push(chunk);
          }
          if (cut && request.url.startsWith("/d/files/") && sent > cut) {
            cut = 0;
            response.socket.destroy();
            onward.destroy();
            return;
          }
          response.write(chunk);
        });
        answer.on("end", () => {
          seen.bodies.set(request.url, { status: answer.statusCode, text: Buffer.concat(chunks).toString() });
          response.end();
        });
        answer.on("error", () => response.destroy());
      },
    );
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, seen, close: () => server.closeAllConnections() ?? server.close() };
}

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.BITEWING_CHROMIUM,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
}

/** A phone: a browser context of its own that writes down what must not happen. */
export async function phone(browser, origin, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: "en-CA",
    acceptDownloads: true,
    ...options,
  });
  const faults = { elsewhere: [], policy: [], errors: [] };
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)) {
      faults.elsewhere.push(url);
    }
  });
  await context.addInitScript(() => {
    window.violations = [];
    window.shift = 0;
    window.shifted = [];
    addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!entry.hadRecentInput) {
          window.shift += entry.value;
          window.shifted.push(entry.sources.map(({ node }) => (node && node.outerHTML ? node.outerHTML.slice(0, 80) : "")));
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  context.on("page", (page) => {
    page.setDefaultTimeout(60_000);
    page.on("pageerror", (error) => faults.errors.push(String(error)));
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) {
        faults.policy.push(message.text());
      }
    });
  });
  return { context, faults };
}

/** Every byte of answers, heads included, but of the patient's files. */
export async function meter(page) {
  const session = await page.context().newCDPSession(page);
  const meter = { bytes: 0, requests: 0 };
  const files = new Set();
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.includes("/d/files/") || request.url.startsWith("blob:")) {
      files.add(requestId);
    }
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!files.has(requestId)) {
      meter.bytes += encodedDataLength;
      meter.requests += 1;
    }
  });
  return meter;
}

/** What axe finds serious or critical in the screen in view. */
export async function axe(page, screen) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ["violations"] }),
  );
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${screen}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** By how many pixels the screen in view is wider than the window. */
export async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** Goes by the tab key, and writes down whether one sees where. */
export function keyboard(page) {
  const stops = [];
  const tabTo = async (selector) => {
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate((wanted) => {
        const { activeElement: at } = document;
        const ring = getComputedStyle(at);
        return {
          there: at.matches(wanted),
          tag: at.tagName,
          ring: ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2,
        };
      }, selector);
      stops.push(stop);
      if (stop.there) {
        return;
      }
    }
    throw new Error(`the keyboard does not reach ${selector}`);
  };
  return { stops, tabTo };
}

/** The same picture as WebP, which the browser can write itself. */
export async function squeeze(desk, picture) {
  const url = await desk.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.8);
  }, picture.toString("base64"));
  return Buffer.from(url.split(",")[1], "base64");
}

/** Runs a scenario and tells what it found. */
export async function scenario(run) {
  const browser = await openBrowser();
  try {
    const found = await run(browser);
    process.stdout.write(`${JSON.stringify({ found })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ failed: String(error.stack ?? error) })}\n`);
  } finally {
    await browser.close();
    process.exit(0);
  }
}
