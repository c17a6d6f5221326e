// Links to the preference centre that do not open, each for a reason of its own.

import { job, phone, proxy, scenario } from "../harness.mjs";
import { follow, seen } from "../preferences.mjs";

await scenario(async (browser) => {
  const found = [];
  for (const item of job.items) {
    const gateway = await proxy(item.address);
    const { context } = await phone(browser, gateway.origin);
    const page = await context.newPage();
    await follow(page, gateway.origin, item.token);
    await seen(page, "gone");
    const path = "/preferences/api/open";
    const answer = gateway.seen.bodies.get(path);
    const headers = { ...gateway.seen.headers.get(path) };
    const body = JSON.parse(answer.text);
    delete body.instance;
    found.push({
      why: item.why,
      shown: {
        body: (await page.locator("body").innerHTML()).replaceAll(gateway.origin, ""),
        title: await page.title(),
        url: page.url().replace(gateway.origin, ""),
        status: answer.status,
        answer: body,
        names: Object.keys(headers).filter((name) => name !== "date" && name !== "x-request-id").sort(),
        stored: await page.evaluate(() => sessionStorage.length + localStorage.length),
        asked: [...gateway.seen.urls].sort(),
      },
    });
    await context.close();
    gateway.close();
  }
  return found;
});
