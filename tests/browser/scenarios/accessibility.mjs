// Every state of the page, light and dark, as axe sees it and as a screen reader hears it.

import { axe, codeOnPhone, job, phone, proxy, scenario, wrong } from "../harness.mjs";
import { askForCode, download, follow, seen, told, type } from "../patient.mjs";

const refuse = (status, body) => (route) =>
  route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify(body) });

await scenario(async (browser) => {
  const serious = [];
  const heard = {};
  for (const item of job.items) {
    const gateway = await proxy(item.address);
    const { context } = await phone(browser, gateway.origin, { colorScheme: item.scheme });
    const page = await context.newPage();
    const check = async (screen) => {
      serious.push(...(await axe(page, `${item.scheme} ${screen}`)));
      heard[screen] = await told(page);
    };

    await page.route("**/d/api/open", (route) => route.abort());
    await follow(page, gateway.origin, item.token);
    await seen(page, "offline");
    await check("offline");
    await page.unroute("**/d/api/open");
    await page.locator("main button").click();
    await seen(page, "choose");
    await check("choose");

    const limit = { reason: "CODE_LIMIT_REACHED" };
    await page.route("**/d/api/code", refuse(429, limit));
    await page.locator("main button").first().click();
    await page.locator(".alert:not(:empty)").waitFor();
    await check("refused");
    await page.unroute("**/d/api/code");

    await askForCode(page);
    await check("code");
    const code = await codeOnPhone(item.patient);
    await type(page, "12");
    await page.locator("#code-alert:not(:empty)").waitFor();
    await check("incomplete");
    await type(page, wrong(code));
    await page.locator("#code-alert").filter({ hasText: "4" }).waitFor();
    await check("wrong");
    await type(page, code);
    await seen(page, "files");
    await check("files");
    await download(page);
    await page.locator(".file.saved").waitFor();
    await check("saved");

    await context.clearCookies();
    await page.locator(".file .actions button").first().click();
    await seen(page, "expired");
    await check("expired");
    await page.locator("main button").click();
    await seen(page, "choose");
    await page.reload();
    await seen(page, "reopen");
    await check("reopen");
    await follow(page, gateway.origin, `${item.token.slice(0, -4)}AAAA`);
    await seen(page, "gone");
    await check("gone");
    await context.close();
    gateway.close();
  }
  return { serious, heard };
});
