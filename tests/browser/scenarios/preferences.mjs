// A patient chooses, in each language, on a small phone; and comes back to what was chosen.

import { job, meter, overflow, phone, proxy, scenario } from "../harness.mjs";
import { told } from "../patient.mjs";
import { choose, chosen, follow, save, seen, speak } from "../preferences.mjs";

await scenario(async (browser) => {
  const found = [];
  for (const item of job.items) {
    const gateway = await proxy(item.address);
    const { context, faults } = await phone(browser, gateway.origin, {
      viewport: { width: 320, height: 640 },
      locale: item.locale,
    });
    const page = await context.newPage();
    const wire = await meter(page);
    const screens = {};
    const look = async (screen) => {
      const text = await seen(page, screen);
      screens[screen] = { text, overflow: await overflow(page), ...(await told(page)) };
    };

    await follow(page, gateway.origin, item.token);
    await look("choose");
    const afterLoad = await page.evaluate(() => [location.href, history.length, document.referrer]);
    const lang = await page.getAttribute("html", "lang");
    const at = {
      clinic: await page.locator("#clinic").innerText(),
      phone: await page.locator("#phone").getAttribute("href"),
      number: await page.locator("#phone").innerText(),
      title: await page.title(),
    };
    const before = await chosen(page);
    await choose(page, { on: ["MARKETING"], off: ["SMS", "RECALL"], first: "EMAIL" });
    // What is not saved yet survives a change of the language.
    const headings = {};
    for (const language of job.languages) {
      await speak(page, language);
      headings[language] = await page.locator("main h1").innerText();
    }
    await speak(page, item.language);
    const kept = await chosen(page);
    const shift = await page.evaluate(() => [window.shift, window.shifted]);
    await save(page);
    await look("saved");
    const { bytes } = wire;
    await page.locator("#again").click();
    await seen(page, "choose");
    const again = await chosen(page);
    const violations = await page.evaluate(() => window.violations);
    await page.reload();
    await look("reopen");
    await follow(page, gateway.origin, item.token);
    await seen(page, "choose");
    const back = await chosen(page);
    found.push({
      language: item.language,
      cookies: (await context.cookies()).length,
      stored: await page.evaluate(() => sessionStorage.length + localStorage.length),
      urls: gateway.seen.urls,
      referers: gateway.seen.referers.filter(Boolean),
      afterReturn: await page.evaluate(() => location.href),
      lang, at, screens, afterLoad, before, headings, kept, again, back, shift, bytes, violations, faults,
    });
    await context.close();
    gateway.close();
  }
  return found;
});
