// The phone offers the code from the text message (WebOTP); desktop browsers have no phone, so the
// prompt is played: it gives what the last line of the real message binds to the page's host.

import { ask, job, phone, proxy, scenario } from "../harness.mjs";
import { follow, seen } from "../patient.mjs";

await scenario(async (browser) => {
  const [item] = job.items;
  const gateway = await proxy(item.address);
  const { context } = await phone(browser, gateway.origin);
  const page = await context.newPage();
  let asked = null;
  await page.exposeFunction("promptPhone", async (options) => {
    asked = options;
    const message = (await ask({ ask: "message", patient: item.patient, seen: 0 })).text;
    const last = message.trimEnd().split("\n").pop();
    const [, host, code] = /^@(\S+) #(\d+)$/.exec(last);
    // A phone gives the code only to the page of that host.
    return host === new URL(gateway.origin).hostname ? code : "";
  });
  await page.addInitScript(() => {
    window.OTPCredential = class {};
    navigator.credentials.get = async ({ otp, signal }) => {
      const code = await window.promptPhone({ otp, hasSignal: signal instanceof AbortSignal });
      return { code };
    };
  });
  await follow(page, gateway.origin, item.token);
  await seen(page, "choose");
  await page.locator("main button[data-channel=SMS]").click();
  await seen(page, "files");
  const field = { asked };
  return field;
});
