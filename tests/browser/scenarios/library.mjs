// A manager reads what clinics say: on a small phone, in the dark, and on paper.

import { axe, job, overflow, phone, proxy, scenario } from "../harness.mjs";

await scenario(async (browser) => {
  const found = { serious: [], wide: [], pages: {}, faults: [], violations: [] };
  for (const { scheme, address } of job.items) {
    const gateway = await proxy(address);
    const { context, faults } = await phone(browser, gateway.origin, {
      viewport: { width: 320, height: 640 },
      colorScheme: scheme,
    });
    const page = await context.newPage();
    const look = async (name) => {
      found.serious.push(...(await axe(page, `${scheme} ${name}`)));
      found.wide.push(await overflow(page));
      found.violations.push(...(await page.evaluate(() => window.violations)));
      found.pages[name] = {
        messages: await page.locator("figure").count(),
        headings: await page.locator("h2").count(),
        quoted: await page.locator("blockquote").evaluateAll((all) => [...new Set(all.map((one) => one.lang))]),
        current: await page.locator("nav [aria-current]").allInnerTexts(),
      };
    };

    const answer = await page.goto(`${gateway.origin}/docs/templates`);
    found.headers = answer.headers();
    await look("contents");
    await page.locator("nav.locales a[lang=ru]").click();
    await page.waitForURL("**/docs/templates/ru");
    await look("ru");
    await page.locator("nav.index a[href='#condolences']").click();
    found.at = await page.locator("#condolences").evaluate((heading) => heading.getBoundingClientRect().top);
    await page.emulateMedia({ media: "print" });
    found.printed = {
      navigation: await page.locator("nav.locales").isVisible(),
      messages: await page.locator("figure").first().isVisible(),
      paper: (await page.pdf({ format: "A4" })).length,
    };
    found.missing = await page.evaluate(async () => (await fetch("/docs/templates/xx")).status);
    found.faults.push(...faults.elsewhere, ...faults.policy, ...faults.errors);
    await context.close();
    gateway.close();
  }
  return found;
});
