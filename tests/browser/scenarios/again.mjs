// Reloads, the way back, and a second tab.

import { codeOnPhone, job, phone, proxy, scenario } from "../harness.mjs";
import { askForCode, follow, seen, type } from "../patient.mjs";

await scenario(async (browser) => {
  const [item] = job.items;
  const gateway = await proxy(item.address);
  const { context } = await phone(browser, gateway.origin);
  const page = await context.newPage();
  await page.goto("about:blank");
  await follow(page, gateway.origin, item.token);
  await seen(page, "choose");
  await askForCode(page);
  const code = await codeOnPhone(item.patient);

  // A phone short of memory drops the page while the message is read.
  await page.reload();
  await seen(page, "code");
  const clinic = await page.locator("#clinic").innerText();

  // A second tab of the same link asks again, too soon, and may type the same code.
  const second = await context.newPage();
  await follow(second, gateway.origin, item.token);
  await seen(second, "choose");
  await askForCode(second);
  const earlier = await second.locator('[data-text="codeSent"]').innerText();
  const waiting = await second.locator("#wait").innerText();
  await type(second, code);
  await seen(second, "files");

  // The first one cannot use the code a second time, but a reload shows it the files as well.
  await type(page, code);
  await page.locator("#code-alert:not(:empty)").waitFor();
  const used = await page.locator("#code-alert").innerText();
  await second.reload();
  await seen(second, "files");
  const top = await second.locator(".top").innerText();
  const stored = await second.evaluate(() => JSON.stringify({ ...sessionStorage }));

  // Done in one tab ends it in all of them, also on the way back.
  await second.locator("#done").click();
  await seen(second, "done");
  await second.goBack().catch(() => null);
  await second.goto(`${gateway.origin}/d`);
  await seen(second, "reopen");
  const files = await second.evaluate(() => fetch("/d/api/files", { method: "POST", body: "{}" }).then((answer) => answer.status));
  return { clinic, earlier, waiting, used, top, stored, files };
});
