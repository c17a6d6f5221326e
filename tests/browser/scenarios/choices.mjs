// A patient changes the language, and has the code called through.

import { codeOnPhone, job, phone, proxy, scenario } from "../harness.mjs";
import { askForCode, download, follow, seen, type } from "../patient.mjs";

await scenario(async (browser) => {
  const [item] = job.items;
  const gateway = await proxy(item.address);
  const heading = (page) => page.locator("main h1").innerText();
  const headings = {};

  // Before anything is known the browser's language is spoken, also without scripts.
  const plain = await browser.newContext({ locale: "pt-BR", javaScriptEnabled: false });
  const bare = await plain.newPage();
  await bare.goto(`${gateway.origin}/d`);
  const withoutScripts = {
    lang: await bare.getAttribute("html", "lang"),
    heading: await heading(bare),
    title: await bare.title(),
    waiting: await bare.locator(".waiting").isVisible(),
  };
  await plain.close();
  const stranger = await phone(browser, gateway.origin, { locale: "it-IT" });
  const unknown = await stranger.context.newPage();
  await follow(unknown, gateway.origin, "nothing");
  await seen(unknown, "gone");
  headings.stranger = [await unknown.getAttribute("html", "lang"), await heading(unknown)];
  await stranger.context.close();

  // The browser is Italian, the patient is written to in French, and would rather read Russian.
  const { context } = await phone(browser, gateway.origin, { locale: "it-IT" });
  const page = await context.newPage();
  await follow(page, gateway.origin, item.token);
  await seen(page, "choose");
  headings.patients = [await page.getAttribute("html", "lang"), await heading(page)];
  for (const language of job.languages) {
    await page.locator("#language").selectOption(language);
    await page.locator(`html[lang=${language}]`).waitFor();
    headings[language] = await heading(page);
  }
  await page.locator("#language").selectOption("ru");
  await page.locator("html[lang=ru]").waitFor();
  await page.reload();
  await seen(page, "choose");
  headings.reloaded = [await page.getAttribute("html", "lang"), await heading(page)];

  const note = await page.locator('[data-channel-note="VOICE"]').innerText();
  await askForCode(page, "VOICE");
  const calling = await page.locator('[data-text="codeSent"]').innerText();
  const code = await codeOnPhone(item.patient);
  // A language chosen while typing keeps what was typed.
  await page.locator("#code").fill(code.slice(0, 4));
  await page.locator("#language").selectOption("es");
  await page.locator("html[lang=es]").waitFor();
  const kept = await page.locator("#code").inputValue();
  await type(page, code);
  await seen(page, "files");
  const file = await download(page);
  return { withoutScripts, headings, note, calling, kept: kept === code.slice(0, 4), size: file.size };
});
