// Somebody opens the link that mail programs press, in a browser: nothing happens before a button is pressed.

import { job, overflow, phone, proxy, scenario } from "../harness.mjs";
import { seen } from "../preferences.mjs";

await scenario(async (browser) => {
  const [item] = job.items;
  const gateway = await proxy(item.address);
  const { context, faults } = await phone(browser, gateway.origin, {
    viewport: { width: 320, height: 640 },
    locale: item.locale,
  });
  const page = await context.newPage();
  await page.goto(gateway.origin + item.click);
  const question = await seen(page, "click");
  const afterLoad = await page.evaluate(() => [location.href, history.length]);
  const wide = await overflow(page);
  await page.locator("#click").click();
  const thanks = await seen(page, "saved");
  const again = await page.locator("#again").isVisible();
  const referers = gateway.seen.referers.filter(Boolean);
  return { question, thanks, again, afterLoad, wide, referers, faults };
});
