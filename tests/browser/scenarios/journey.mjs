// The whole journey with a wrong code first, on a small phone, in each language.

import { codeOnPhone, job, meter, overflow, phone, proxy, scenario, wrong } from "../harness.mjs";
import { askForCode, download, follow, seen, told, type } from "../patient.mjs";

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
    await askForCode(page);
    await look("code");
    const code = await codeOnPhone(item.patient);
    await type(page, wrong(code));
    await page.locator("#code-alert:not(:empty)").waitFor();
    const refused = {
      text: await page.locator("#code-alert").innerText(),
      invalid: await page.locator("#code").getAttribute("aria-invalid"),
      describedBy: await page.locator("#code").getAttribute("aria-describedby"),
      value: await page.locator("#code").inputValue(),
      focus: (await told(page)).focus,
    };
    // As it is copied from a message.
    await type(page, `${code.slice(0, 3)} ${code.slice(3)}`);
    await look("files");
    const file = await download(page);
    await page.locator(".file.saved").waitFor();
    const saved = await page.locator(".file.saved .note").innerText();
    await page.locator("#done").click();
    await look("done");
    found.push({
      language: item.language,
      lang: await page.getAttribute("html", "lang"),
      shift: await page.evaluate(() => window.shift),
      shifted: await page.evaluate(() => window.shifted),
      violations: await page.evaluate(() => window.violations),
      cookies: (await context.cookies()).length,
      kept: await page.evaluate(() => sessionStorage.length + localStorage.length),
      urls: gateway.seen.urls,
      referers: gateway.seen.referers.filter(Boolean),
      bytes: wire.bytes,
      requests: wire.requests,
      logo: await page.locator("#logo").evaluate((logo) => [logo.hidden, logo.width, logo.height]),
      phone: await page.locator("#phone").getAttribute("href"),
      screens, afterLoad, refused, file, saved, faults,
    });
    await context.close();
    gateway.close();
  }
  return found;
});
