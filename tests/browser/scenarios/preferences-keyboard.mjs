// The preference centre without a mouse or a finger.

import { job, keyboard, phone, proxy, scenario } from "../harness.mjs";
import { chosen, follow, seen } from "../preferences.mjs";

await scenario(async (browser) => {
  const [item] = job.items;
  const gateway = await proxy(item.address);
  const { context } = await phone(browser, gateway.origin, {
    viewport: { width: 1024, height: 768 }, isMobile: false, hasTouch: false,
  });
  const page = await context.newPage();
  const { stops, tabTo } = keyboard(page);
  await follow(page, gateway.origin, item.token);
  await seen(page, "choose");
  await tabTo("input[name=SMS]");
  await page.keyboard.press("Space");
  await tabTo("#preferred");
  await page.keyboard.press("End");
  await tabTo("input[name=MARKETING]");
  await page.keyboard.press("Space");
  await tabTo("form button[type=submit]");
  await page.keyboard.press("Enter");
  await seen(page, "saved");
  await tabTo("#again");
  await page.keyboard.press("Enter");
  await seen(page, "choose");
  const saved = await chosen(page);
  await tabTo("#stop");
  await page.keyboard.press("Space");
  await seen(page, "saved");
  await tabTo("#again");
  await page.keyboard.press("Enter");
  await seen(page, "choose");
  return { stops, saved, stopped: await chosen(page) };
});
