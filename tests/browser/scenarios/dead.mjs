// Links that do not open, for four reasons, and a link that never was.

import { job, phone, proxy, scenario } from "../harness.mjs";
import { follow, seen } from "../patient.mjs";

await scenario(async (browser) => {
  const found = [];
  for (const item of job.items) {
    const gateway = await proxy(item.address);
    const { context } = await phone(browser, gateway.origin);
    const page = await context.newPage();
    await follow(page, gateway.origin, item.token);
    await seen(page, "gone");
    const answer = gateway.seen.bodies.get("/d/api/open");
    const headers = { ...gateway.seen.headers.get("/d/api/open") };
    delete headers.date;
    delete headers["x-request-id"];
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
        names: Object.keys(headers).sort(),
        kept: await page.evaluate(() => sessionStorage.length),
        asked: [...gateway.seen.urls].sort(),
      },
    });
    await context.close();
    gateway.close();
  }
  return found;
});
