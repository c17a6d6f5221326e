// One screen at a time, and how each comes and goes.

import { text, translate } from "./words.js";

const SLOW_AFTER = 6000;

export const $ = (id) => document.getElementById(id);

/** Ends timers and waiting prompts of the screen in view. */
let leaving = new AbortController();
let redraw = () => {};

/** Puts a screen in view, in the words of the language. */
export function show(name, values) {
  leaving.abort();
  leaving = new AbortController();
  const screen = document.importNode($(`screen-${name}`).content, true);
  translate(screen, values);
  const main = $("main");
  while (main.firstChild) {
    main.firstChild.remove();
  }
  main.appendChild(screen);
  translate(document.querySelector(".top"));
  translate(document.querySelector(".foot"));
  document.title = `${main.querySelector("h1").textContent} · ${text("pageTitle")}`;
  return main.firstElementChild;
}

/** Brings a screen in: readers with a screen reader land on its heading. */
export function enter(draw) {
  redraw = draw;
  say("");
  draw();
  scrollTo(0, 0);
  $("main").querySelector("h1").focus({ preventScroll: true });
}

/** Draws the screen in view again, after a change of language. */
export function drawAgain() {
  redraw();
}

export function isLeft() {
  return leaving.signal;
}

/** Tells what changed to those who do not see it. */
export function say(message) {
  $("status").textContent = message;
}

/** Runs something later unless the screen was left. */
export function later(delay, run) {
  const timer = setTimeout(run, delay);
  leaving.signal.addEventListener("abort", () => clearTimeout(timer));
}

export function loading() {
  enter(() => {
    show("loading");
    later(SLOW_AFTER, () => {
      $("slow").hidden = false;
      say(text("slow"));
    });
  });
}

/** Runs a button's work once at a time and shows that it runs. */
export async function busy(button, work) {
  if (button.getAttribute("aria-disabled") === "true") {
    return;
  }
  const label = button.querySelector("span");
  const words = label.textContent;
  button.setAttribute("aria-disabled", "true");
  label.textContent = text("loading");
  const slow = setTimeout(() => say(text("slow")), SLOW_AFTER);
  await work();
  clearTimeout(slow);
  button.removeAttribute("aria-disabled");
  label.textContent = words;
}

/** Says what went wrong where the screen has a place for it; `false` where it has none. */
export function alertHere(message) {
  const place = $("main").querySelector(".alert");
  if (place) {
    place.textContent = message;
  }
  return Boolean(place);
}
