// What the page says, in the language in view, and how that language writes dates and sizes.
//
// The words of the first language come with the page; another language is fetched when it is chosen.

const words = JSON.parse(document.getElementById("words").textContent);
const tables = {};
const facts = {};

let language = document.documentElement.lang;
tables[language] = words;

/** What any sentence may mention, as the digits of a code. */
export function know(more) {
  Object.assign(facts, more);
}

export function text(key, values) {
  const known = Object.assign({}, facts, values);
  return tables[language][key].replace(/\{(\w+)\}/g, (_, name) =>
    name in known ? known[name] : "",
  );
}

/** Fills the elements below `root` that name their words. */
export function translate(root, values) {
  for (const element of root.querySelectorAll("[data-text]")) {
    const key = element.dataset.text;
    element.textContent = values && key in values ? values[key] : text(key, values);
  }
}

/** Goes over to a language; `false` if its words cannot be had now. */
export async function speak(wanted) {
  if (!tables[wanted]) {
    try {
      const answer = await fetch(`/d/assets/${wanted}.json`);
      if (!answer.ok) {
        return false;
      }
      tables[wanted] = await answer.json();
    } catch (error) {
      return false;
    }
  }
  language = wanted;
  document.documentElement.lang = wanted;
  return true;
}

export function spoken() {
  return language;
}

export function writeDate(moment) {
  const options = { year: "numeric", month: "long", day: "numeric" };
  return new Intl.DateTimeFormat(language, options).format(moment);
}

export function writeSize(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(3, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const number = bytes / Math.pow(1000, step);
  const digits = { maximumFractionDigits: step ? 1 : 0 };
  const unit = { style: "unit", unit: units[step], unitDisplay: step ? "short" : "long" };
  try {
    return new Intl.NumberFormat(language, Object.assign(unit, digits)).format(number);
  } catch (error) {
    // Browsers from before 2020 know no units.
    return `${number.toLocaleString(language, digits)} ${["B", "kB", "MB", "GB"][step]}`;
  }
}

/** A time that runs down, as 4:59. */
export function writeClock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
