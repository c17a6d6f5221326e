// A manager signs in, types messages and sees what the guard sees; nothing of it stays in the browser.

import { axe, job, overflow, phone, proxy, scenario } from "../harness.mjs";

await scenario(async (browser) => {
  const gateway = await proxy(job.address);
  const { context, faults } = await phone(browser, gateway.origin, { viewport: { width: 320, height: 640 } });
  const page = await context.newPage();
  const serious = [];
  await page.goto(`${gateway.origin}/guard`);
  await page.locator("#signin").waitFor();
  serious.push(...(await axe(page, "sign in")));

  const signIn = async (password) => {
    await page.fill("#organization", job.organization);
    await page.fill("#email", job.email);
    await page.fill("#password", password);
    await page.click("#signin-form button");
  };
  await signIn("not the password");
  await page.locator("#signin-alert:not(:empty)").waitFor();
  const wrong = await page.locator("#signin-alert").innerText();
  await signIn(job.password);
  await page.locator("#editor").waitFor();

  const verdict = async () => {
    const said = await page.locator("#verdict").innerText();
    return { verdict: said, marked: await page.locator("#shown mark.hold, #shown mark.block").allInnerTexts() };
  };
  // Typed letter by letter, as a person does: the newest text is what counts.
  const type = async (text, wanted) => {
    await page.fill("#text", "");
    await page.locator("#text").pressSequentially(text, { delay: 2 });
    await page.locator("#verdict", { hasText: wanted }).waitFor();
    return verdict();
  };
  await page.fill("#patient", "Ana");
  await page.fill("#operator", "Rita");
  const dose = await type(job.dose, "dentist");
  const card = await type(job.card, "blocked");
  serious.push(...(await axe(page, "blocked")));
  await page.selectOption("#explain", "fr");
  await page.locator("#findings p[lang=fr]").first().waitFor();
  const french = await page.locator("#findings").innerText();
  await page.selectOption("#explain", "en");
  await page.check("input[value=in]");
  await page.fill("#text", job.fever);
  await page.locator("#verdict", { hasText: "Urgent" }).waitFor();
  const fever = await page.locator("#verdict").innerText();
  serious.push(...(await axe(page, "urgent")));
  const wide = await overflow(page);
  const violations = await page.evaluate(() => window.violations);
  const stored = await page.evaluate(() => sessionStorage.length + localStorage.length);
  const cookies = (await context.cookies()).length;
  await page.reload();
  await page.locator("#signin").waitFor();
  const afterReload = await page.locator("main section:not([hidden]) h1").innerText();
  const headers = gateway.seen.headers.get("/guard");
  await context.close();
  gateway.close();
  return { wrong, dose, card, french, fever, serious, overflow: wide, violations, ...faults, stored, cookies, afterReload, headers };
});
