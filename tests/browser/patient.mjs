// What a patient does and sees on the page.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { codeOnPhone } from "./harness.mjs";

/** The screen in view, by what only it has. */
export async function seen(page, screen) {
  const marks = {
    choose: '[data-text="chooseTitle"]',
    code: "#code",
    files: ".files",
    done: '[data-text="doneTitle"]',
    gone: '[data-text="goneTitle"]',
    reopen: '[data-text="reopenTitle"]',
    expired: '[data-text="expiredTitle"]',
    offline: '[data-text="offlineTitle"]',
  };
  await page.locator(`main ${marks[screen]}`).waitFor();
  return page.locator("main").innerText();
}

export async function follow(page, origin, token) {
  await page.goto(`${origin}/d#${token}`);
}

export async function askForCode(page, channel = "SMS") {
  await page.locator(`main .actions button[data-channel="${channel}"]:visible`).click();
  await seen(page, "code");
}

export async function type(page, code) {
  await page.locator("#code").fill(code);
  await page.locator("form button[type=submit]").click();
}

/** From the link to the files. */
export async function unlock(page, origin, item) {
  await follow(page, origin, item.token);
  await seen(page, "choose");
  await askForCode(page);
  await type(page, await codeOnPhone(item.patient, item.seen ?? 0));
  await seen(page, "files");
}

/** Saves the first file and answers what arrived. */
export async function download(page) {
  const [arrived] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".file .actions button").first().click(),
  ]);
  const bytes = readFileSync(await arrived.path());
  return {
    name: arrived.suggestedFilename(),
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}

/** What a screen reader is told: the focused element and the live region. */
export async function told(page) {
  return page.evaluate(() => ({
    focus: document.activeElement.tagName,
    focused: document.activeElement.textContent.trim().slice(0, 60),
    status: document.getElementById("status").textContent,
  }));
}
