// A connection that breaks in the middle of a file.

import { job, phone, proxy, scenario } from "../harness.mjs";
import { download, unlock } from "../patient.mjs";

await scenario(async (browser) => {
  const [item] = job.items;
  const gateway = await proxy(item.address, 2 * 1024 * 1024);
  const { context } = await phone(browser, gateway.origin);
  const page = await context.newPage();
  await unlock(page, gateway.origin, item);
  await page.evaluate(() => {
    window.states = [];
    window.shares = [];
    const row = document.querySelector(".file");
    new MutationObserver(() => {
      const bar = row.querySelector("progress");
      window.states.push(row.className);
      window.shares.push(bar.hidden ? -1 : bar.value);
    }).observe(row, { attributes: true, subtree: true, childList: true });
  });
  const file = await download(page);
  await page.locator(".file.saved").waitFor();
  const [states, shares] = await page.evaluate(() => [window.states, window.shares]);
  const visible = shares.filter((share) => share >= 0);
  return {
    file,
    ranges: gateway.seen.ranges,
    states: states.filter((state, at) => state !== states[at - 1]),
    steps: new Set(visible).size,
    backwards: visible.some((share, at) => at > 0 && share < visible[at - 1]),
  };
});
