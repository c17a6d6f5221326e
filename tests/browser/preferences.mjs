// What a patient does and sees in the preference centre.

/** The screen in view, by what only it has. */
export async function seen(page, screen) {
  const marks = {
    choose: "form",
    saved: '[data-text="savedTitle"]',
    gone: '[data-text="goneTitle"]',
    reopen: '[data-text="reopenTitle"]',
    click: '[data-text="clickTitle"]',
    offline: '[data-text="offlineTitle"]',
  };
  await page.locator(`main ${marks[screen]}`).waitFor();
  return page.locator("main").innerText();
}

export async function follow(page, origin, token) {
  await page.goto(`${origin}/preferences#${token}`);
}

/** What is on, by name, and which channel comes first. */
export async function chosen(page) {
  const switches = await page
    .locator("main input")
    .evaluateAll((boxes) => Object.fromEntries(boxes.map(({ name, checked }) => [name, checked])));
  return { ...switches, first: await page.locator("#preferred").inputValue() };
}

export async function choose(page, { on = [], off = [], first }) {
  for (const name of on) {
    await page.locator(`input[name=${name}]`).check();
  }
  for (const name of off) {
    await page.locator(`input[name=${name}]`).uncheck();
  }
  if (first) {
    await page.locator("#preferred").selectOption(first);
  }
}

export async function save(page) {
  await page.locator("form button[type=submit]").click();
  await seen(page, "saved");
}

export async function speak(page, language) {
  await page.locator("#language").selectOption(language);
  await page.locator(`html[lang=${language}]`).waitFor();
}
