// The page on which a patient decides whether, when and where the clinic writes.
//
// The token arrives in the fragment, which no server and no log ever sees; it is taken out of the
// address bar at once and kept in memory only. Nothing changes without a tap.

import { languages } from "./strings.js";

const GIVE_UP_AFTER = 30_000;
const UNSUBSCRIBE = "/preferences/unsubscribe/";

const $ = (id) => document.getElementById(id);

const state = { token: "", language: "en", chosenByHand: false, shown: null, redraw: () => {} };

// Words

const text = (key) => languages[state.language][key];

function translate(root) {
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
}

function pickLanguage(tag) {
  const primary = (tag ?? "").toLowerCase().split("-")[0];
  return primary in languages ? primary : null;
}

function setLanguage(language) {
  state.language = language;
  document.documentElement.lang = language;
  $("language").value = language;
}

// Talking to the service

class Problem extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      cache: "no-store",
      signal: AbortSignal.timeout?.(GIVE_UP_AFTER),
      ...options,
    });
  } catch {
    throw new Problem(0);
  }
  if (!response.ok) {
    throw new Problem(response.status);
  }
  return response;
}

async function post(path, body) {
  const response = await send(`/preferences/api/${path}`, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: state.token, ...body }),
  });
  return response.json();
}

// Screens

function show(name) {
  const screen = $(`screen-${name}`).content.cloneNode(true);
  translate(screen);
  $("main").replaceChildren(screen);
  translate(document.querySelector(".top"));
  translate(document.querySelector(".foot"));
  const clinic = state.shown?.clinic_name ?? "";
  $("clinic").textContent = clinic || text("page");
  document.title = `${$("main").querySelector("h1").textContent} · ${clinic || text("page")}`;
}

/** Brings a screen in: readers with a screen reader land on its heading. */
function enter(draw) {
  state.redraw = draw;
  draw();
  scrollTo(0, 0);
  $("main").querySelector("h1").focus({ preventScroll: true });
}

function explain(problem, retry) {
  if (problem.status === 404) {
    enter(() => show("gone"));
    return;
  }
  const alert = $("alert");
  if (alert) {
    alert.textContent = text("trouble");
    return;
  }
  enter(() => {
    show("offline");
    $("retry").addEventListener("click", retry);
  });
}

function addSwitch(list, name, on, note) {
  const row = $("switch").content.cloneNode(true).firstElementChild;
  const box = row.querySelector("input");
  row.querySelector(".name").textContent = text(name);
  row.querySelector(".soft").textContent = note ? text(note) : "";
  box.name = name;
  box.checked = on;
  list.append(row);
}

function draw() {
  show("choose");
  $("silent").hidden = !state.shown.silent;
  for (const { channel, on } of state.shown.channels) {
    addSwitch($("channels"), channel, on);
    $("preferred").append(new Option(text(channel), channel));
  }
  for (const { purpose, on } of state.shown.purposes) {
    addSwitch($("purposes"), purpose, on, `${purpose}_note`);
  }
  $("channels").hidden = $("first").hidden = state.shown.channels.length === 0;
  $("preferred").prepend(new Option(text("noPreference"), ""));
  $("preferred").value = state.shown.preferred ?? "";
  const form = document.querySelector("form");
  form.addEventListener("change", remember);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form.querySelector("button"), save);
  });
  $("stop").addEventListener("click", () =>
    busy($("stop"), () => {
      for (const box of document.querySelectorAll("input")) {
        box.checked = false;
      }
      return save();
    }),
  );
}

/** What is chosen but not saved survives a change of the language. */
function remember({ target }) {
  const { channels, purposes } = state.shown;
  const entry = [...channels, ...purposes].find(({ channel, purpose }) => (channel ?? purpose) === target.name);
  if (entry) {
    entry.on = target.checked;
  } else {
    state.shown.preferred = target.value;
  }
}

async function save() {
  const read = (list) =>
    Object.fromEntries([...$(list).querySelectorAll("input")].map((box) => [box.name, box.checked]));
  try {
    state.shown = await post("save", {
      language: state.language,
      channels: read("channels"),
      purposes: read("purposes"),
      preferred: $("preferred").value,
    });
    enter(() => {
      show("saved");
      $("again").addEventListener("click", () => enter(draw));
    });
  } catch (problem) {
    explain(problem, open);
  }
}

/** Runs a button's work once at a time. */
async function busy(button, work) {
  if (button.getAttribute("aria-disabled") === "true") {
    return;
  }
  button.setAttribute("aria-disabled", "true");
  $("status").textContent = text("loading");
  await work();
  button.removeAttribute("aria-disabled");
  $("status").textContent = "";
}

function showPhone(number) {
  $("phone").href = `tel:${number.replace(/[^+\d]/g, "")}`;
  // Numbers of North America are read in groups; how others are grouped, only their country knows.
  const groups = /^\+1(\d{3})(\d{3})(\d{4})$/;
  $("phone").querySelector("span").textContent = number.replace(groups, "+1 $1 $2 $3");
  $("phone").hidden = !number;
}

// The ways in

async function open() {
  enter(() => show("loading"));
  try {
    state.shown = await post("open", {});
    if (!state.chosenByHand) {
      setLanguage(pickLanguage(state.shown.language) ?? state.language);
    }
    showPhone(state.shown.clinic_phone);
    enter(draw);
  } catch (problem) {
    explain(problem, open);
  }
}

/** Somebody opened the link of a mail program: what it does with one click, they do with a button. */
function click(path) {
  enter(() => {
    show("click");
    const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
    $("click").addEventListener("click", () =>
      busy($("click"), async () => {
        try {
          await send(path, { body });
          enter(() => {
            show("saved");
            $("again").hidden = true;
          });
        } catch (problem) {
          explain(problem, () => click(path));
        }
      }),
    );
  });
}

function begin() {
  const token = location.hash.slice(1);
  if (token) {
    history.replaceState(null, "", location.pathname);
    state.token = token;
    open();
  } else if (location.pathname.startsWith(UNSUBSCRIBE)) {
    const path = location.pathname;
    history.replaceState(null, "", "/preferences");
    click(path);
  } else if (!state.token) {
    enter(() => show("reopen"));
  }
}

$("language").append(
  ...Object.entries(languages).map(([tag, words]) => {
    const option = new Option(words.name, tag);
    option.lang = tag;
    return option;
  }),
);
$("language").addEventListener("change", (event) => {
  state.chosenByHand = true;
  setLanguage(event.target.value);
  state.redraw();
});
setLanguage(navigator.languages.map(pickLanguage).find(Boolean) ?? "en");
addEventListener("hashchange", begin);
begin();
