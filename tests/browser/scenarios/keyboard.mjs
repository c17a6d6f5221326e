// The whole journey without a finger on the screen.

import { codeOnPhone, job, keyboard, phone, proxy, scenario } from "../harness.mjs";
import { follow, seen } from "../patient.mjs";

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
  await tabTo("[data-channel=SMS]");
  await page.keyboard.press("Enter");
  await seen(page, "code");
  await tabTo("#code");
  await page.keyboard.type(await codeOnPhone(item.patient));
  await page.keyboard.press("Enter");
  await seen(page, "files");
  await tabTo(".file button");
  const [arrived] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Space")]);
  const name = arrived.suggestedFilename();
  await page.locator(".file.saved").waitFor();
  const stayed = await page.evaluate(() => document.activeElement.matches(".file button"));
  await tabTo("#done");
  await page.keyboard.press("Enter");
  await seen(page, "done");
  // The language is within reach as well.
  await page.keyboard.press("Shift+Tab");
  const backTo = await page.evaluate(() => document.activeElement.id);
  return { stops, name, stayed, backTo };
});
