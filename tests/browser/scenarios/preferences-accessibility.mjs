// Every state of the preference centre, light and dark, as axe sees it and as a screen reader hears it.

import { axe, job, phone, proxy, scenario } from "../harness.mjs";
import { told } from "../patient.mjs";
import { follow, save, seen } from "../preferences.mjs";

const away = (route) => route.abort();

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
      heard[screen].alert = await page.locator("main [role=alert]").allInnerTexts();
    };

    await page.route("**/preferences/api/open", away);
    await follow(page, gateway.origin, item.token);
    await seen(page, "offline");
    await check("offline");
    await page.unroute("**/preferences/api/open");
    let answer;
    const held = new Promise((ready) => (answer = ready));
    await page.route("**/preferences/api/open", async (route) => {
      await held;
      await route.continue();
    });
    await page.locator("#retry").click();
    await page.locator("main .waiting").waitFor();
    await check("loading");
    answer();
    await seen(page, "choose");
    await check("choose");
    await page.route("**/preferences/api/save", away);
    await page.locator("form button[type=submit]").click();
    await page.locator("#alert:not(:empty)").waitFor();
    await check("trouble");
    await page.unroute("**/preferences/api/save");
    await save(page);
    await check("saved");
    await page.reload();
    await seen(page, "reopen");
    await check("reopen");
    await follow(page, gateway.origin, `${item.token.slice(0, -4)}AAAA`);
    await seen(page, "gone");
    await check("gone");
    await page.goto(gateway.origin + item.click);
    await seen(page, "click");
    await check("click");
    await page.route("**/preferences/unsubscribe/**", away);
    await page.locator("#click").click();
    await page.locator("#alert:not(:empty)").waitFor();
    await check("click trouble");
    await context.close();
    gateway.close();
  }
  return { serious, heard };
});
