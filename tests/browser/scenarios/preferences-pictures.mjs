// The preference centre as a phone shows it, for the documents.

import { mkdirSync, writeFileSync } from "node:fs";
import { job, phone, proxy, scenario, squeeze } from "../harness.mjs";
import { choose, follow, seen } from "../preferences.mjs";

await scenario(async (browser) => {
  const written = [];
  const desk = await browser.newPage();
  mkdirSync(job.images, { recursive: true });
  for (const item of job.items) {
    const gateway = await proxy(item.address);
    const { context } = await phone(browser, gateway.origin, {
      locale: item.locale,
      colorScheme: item.dark ? "dark" : "light",
      viewport: { width: 360, height: 700 },
      deviceScaleFactor: 1.25,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const shoot = async (screen) => {
      await page.evaluate(() => document.activeElement.blur());
      const name = `preferences-${item.language}${item.dark ? "-dark" : ""}-${screen}.webp`;
      const picture = await page.screenshot({ animations: "disabled", fullPage: true });
      writeFileSync(`${job.images}/${name}`, await squeeze(desk, picture));
      written.push(name);
    };
    await follow(page, gateway.origin, item.token);
    await seen(page, "choose");
    await page.waitForFunction(() => document.fonts.status === "loaded");
    await choose(page, { off: ["CALL", "RECALL"], first: "EMAIL" });
    await shoot("choose");
    await context.close();
    gateway.close();
  }
  return written;
});
