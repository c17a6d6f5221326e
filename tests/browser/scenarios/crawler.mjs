// A mail scanner that runs scripts, fills every field, presses every button and follows every link.

import { job, phone, proxy, scenario } from "../harness.mjs";

const ROUNDS = 8;

await scenario(async (browser) => {
  const [item] = job.items;
  const gateway = await proxy(item.address);
  const pressed = [];
  for (let visit = 0; visit < 2; visit += 1) {
    const { context } = await phone(browser, gateway.origin);
    const page = await context.newPage();
    page.on("dialog", (dialog) => dialog.accept());
    await page.goto(`${gateway.origin}/d#${item.token}`);
    const settled = () =>
      page.waitForFunction(() => !document.querySelector(".spinner, [aria-disabled=true]"));
    for (let round = 0; round < ROUNDS; round += 1) {
      await settled();
      // It cannot dial: a telephone link would leave it with a dialogue of the browser's.
      const links = 'a:visible:not([href^="tel:"])';
      const things = await page.locator(`${links}, button:visible, input:visible, select:visible`).all();
      for (const thing of things) {
        const kind = await thing.evaluate((at) => at.tagName, null, { timeout: 500 }).catch(() => "");
        const impatient = { timeout: 1_000, noWaitAfter: true };
        if (kind === "INPUT") {
          // What such programs type; only the last looks like a code.
          for (const words of ["test", "scanner@example.org", "123456"]) {
            await thing.fill(words, impatient).catch(() => {});
            await thing.press("Enter", impatient).catch(() => {});
            await settled();
          }
        } else if (kind === "SELECT") {
          await thing.selectOption({ index: round % 6 }, impatient).catch(() => {});
        } else if (kind) {
          const words = await thing.innerText(impatient).catch(() => "");
          await thing.click(impatient).then(() => pressed.push(words), () => {});
        }
      }
    }
    await context.close();
  }
  // It asks for every address it saw as well, with and without reading the answer.
  const statuses = [];
  for (const url of new Set(gateway.seen.urls)) {
    for (const method of ["HEAD", "GET", "POST"]) {
      statuses.push((await fetch(`${gateway.origin}${url}`, { method })).status);
    }
  }
  return { pressed, asked: gateway.seen.urls, broken: statuses.filter((status) => status >= 500) };
});
