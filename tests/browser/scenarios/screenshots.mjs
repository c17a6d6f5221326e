// The screens as a phone shows them, for the documents.

import { mkdirSync, writeFileSync } from "node:fs";
import { codeOnPhone, job, phone, proxy, scenario, squeeze } from "../harness.mjs";
import { askForCode, download, follow, seen, type } from "../patient.mjs";

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
      deviceScaleFactor: 1.5,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const shoot = async (screen) => {
      await page.evaluate(() => document.activeElement.blur());
      const name = `page-${item.language}${item.dark ? "-dark" : ""}-${screen}.webp`;
      const picture = await page.screenshot({ animations: "disabled" });
      writeFileSync(`${job.images}/${name}`, await squeeze(desk, picture));
      written.push(name);
    };
    await follow(page, gateway.origin, item.token);
    await seen(page, "choose");
    await page.waitForFunction(() => document.fonts.status === "loaded");
    await shoot("choose");
    await askForCode(page);
    const code = await codeOnPhone(item.patient);
    await page.locator("#code").fill(code);
    await shoot("code");
    await type(page, code);
    await seen(page, "files");
    await download(page);
    await page.locator(".file.saved").waitFor();
    await shoot("files");
    await page.locator("#done").click();
    await seen(page, "done");
    await shoot("done");
    await context.close();
    gateway.close();
  }
  return written;
});
