// The page a patient sees behind the link in an e-mail: open, choose, code, files, done.
//
// The token arrives in the fragment, which no server and no log ever sees; it is taken out of the
// address bar at once and kept in memory only. Nothing happens without a tap except looking the link
// up, so a mail scanner that opens the page costs the patient nothing.

import { languages } from "./strings.js";
import { Download } from "./download.js";

const SLOW_AFTER = 6_000;
const GIVE_UP_AFTER = 30_000;

const $ = (id) => document.getElementById(id);

const state = {
  token: "",
  language: "en",
  chosenByHand: false,
  /** What /d/api/open answered. */
  link: null,
  channel: "SMS",
  digits: 6,
  resendAt: 0,
  code: "",
  alert: "",
  downloads: [],
  /** Draws the screen in view again, after a change of language. */
  redraw: () => {},
};

/** Ends timers and waiting prompts of the screen in view. */
let leaving = new AbortController();

// Words

function text(key, values = {}) {
  const known = {
    hint: (state.link?.destination_hint ?? "").replace(/\D/g, ""),
    digits: state.digits,
    ...values,
  };
  return languages[state.language][key].replace(/\{(\w+)\}/g, (_, name) => known[name] ?? "");
}

function translate(root, values = {}) {
  for (const element of root.querySelectorAll("[data-text]")) {
    const key = element.dataset.text;
    element.textContent = values[key] ?? text(key, values);
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

function say(message) {
  $("status").textContent = message;
}

// Talking to the service

class Problem extends Error {
  constructor(status, reason = "") {
    super(reason || `status ${status}`);
    this.status = status;
    this.reason = reason;
  }
}

async function post(path, body = {}) {
  let response;
  try {
    response = await fetch(`/d/api/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout?.(GIVE_UP_AFTER),
    });
  } catch {
    throw new Problem(0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Problem(response.status, answer.reason);
  }
  return answer;
}

/** Shows what a problem means when no screen has something better to say. */
function explain(problem, retry) {
  if (problem.status === 404 || problem.status === 410) {
    gone();
  } else if (problem.status === 401) {
    (state.token ? expired : reopen)();
  } else if (problem.status === 429) {
    alertOrScreen("tooMany", retry);
  } else {
    alertOrScreen("trouble", retry);
  }
}

function alertOrScreen(key, retry) {
  const place = $("main").querySelector(".alert");
  if (place) {
    place.textContent = text(key);
  } else {
    offline(retry);
  }
}

// Screens

function show(name, values = {}) {
  leaving.abort();
  leaving = new AbortController();
  const screen = $(`screen-${name}`).content.cloneNode(true);
  translate(screen, values);
  $("main").replaceChildren(screen);
  translate(document.querySelector(".top"));
  translate(document.querySelector(".foot"));
  if (!state.link) {
    $("clinic").textContent = text("pageTitle");
  }
  const heading = $("main").querySelector("h1");
  document.title = `${heading.textContent} · ${text("pageTitle")}`;
  say("");
  return $("main").firstElementChild;
}

/** Brings a screen in: readers with a screen reader land on its heading. */
function enter(draw) {
  state.redraw = draw;
  state.alert = "";
  draw();
  scrollTo(0, 0);
  $("main").querySelector("h1").focus({ preventScroll: true });
}

function loading() {
  enter(() => {
    show("loading");
    later(SLOW_AFTER, () => {
      $("slow").hidden = false;
      say(text("slow"));
    });
  });
}

function choose() {
  enter(() => {
    const until = new Date(state.link.expires_at);
    const date = new Intl.DateTimeFormat(state.language, { dateStyle: "long" }).format(until);
    const screen = show("choose", { step: text("step", { step: 1 }), date });
    for (const element of screen.querySelectorAll("[data-channel], [data-channel-note]")) {
      const channel = element.dataset.channel ?? element.dataset.channelNote;
      element.hidden = !state.link.channels.includes(channel);
    }
    if (state.link.channels.length === 1) {
      screen.querySelector("button:not([hidden])").className = "main";
    }
    onChannel(screen, enterCode);
  });
}

function enterCode() {
  state.code = "";
  enter(drawCode);
}

function drawCode() {
  const screen = show("code", {
    step: text("step", { step: 2 }),
    codeSent: text(state.channel === "VOICE" ? "codeSentCall" : "codeSentSms"),
  });
  const input = $("code");
  const form = screen.querySelector("form");
  input.value = state.code;
  input.addEventListener("input", () => {
    input.value = input.value.replace(/\D/g, "").slice(0, state.digits);
    state.code = input.value;
    refuse("");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form.querySelector("button"), verify);
  });
  if (state.alert) {
    refuse(state.alert);
  }
  onChannel(screen, () => {
    enterCode();
    say(text("codeNew"));
  });
  countDown();
  readTextMessage(form);
}

/** Tells what is wrong with the code, next to it. */
function refuse(key) {
  state.alert = key;
  $("code-alert").textContent = key && text(key);
  $("code").setAttribute("aria-invalid", String(key !== ""));
  if (key) {
    $("code").focus();
  }
}

async function verify() {
  if (state.code.length !== state.digits) {
    refuse("codeIncomplete");
    return;
  }
  try {
    const { files } = await post("verify", { token: state.token, code: state.code });
    listFiles(files);
  } catch (problem) {
    if (problem.reason === "CODE_EXPIRED") {
      refuse("codeExpired");
    } else if ([400, 403, 409, 422].includes(problem.status)) {
      state.code = $("code").value = "";
      refuse("codeWrong");
    } else {
      explain(problem);
    }
  }
}

/** Offers another code once the service allows one. */
function countDown() {
  const tick = () => {
    const seconds = Math.ceil((state.resendAt - Date.now()) / 1000);
    $("wait").hidden = seconds <= 0;
    $("resend").hidden = seconds > 0;
    for (const button of $("resend").children) {
      button.hidden = !state.link.channels.includes(button.dataset.channel);
    }
    if (seconds > 0) {
      const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      $("wait").textContent = text("codeWait", { time });
      later(1000, tick);
    }
  };
  tick();
}

/** Takes the code out of the text message where the browser can (WebOTP). */
function readTextMessage(form) {
  if (state.channel !== "SMS" || !("OTPCredential" in window)) {
    return;
  }
  navigator.credentials
    .get({ otp: { transport: ["sms"] }, signal: leaving.signal })
    .then((message) => {
      state.code = $("code").value = message.code;
      form.requestSubmit();
    })
    .catch(() => {});
}

function listFiles(files) {
  state.downloads.forEach((download) => download.stop());
  state.downloads = files.map((file) => new Download(file));
  enter(drawFiles);
}

function drawFiles() {
  const screen = show("files", { step: text("step", { step: 3 }) });
  const list = screen.querySelector(".files");
  list.append(...state.downloads.map(fileRow));
  const done = $("done");
  done.addEventListener("click", () => busy(done, finish));
}

function fileRow(download) {
  const row = $("file").content.cloneNode(true).firstElementChild;
  const [bar, note, button, other] = ["progress", ".note", "button", ".other"].map((selector) =>
    row.querySelector(selector),
  );
  const { file } = download;
  row.querySelector("bdi").textContent = file.name;
  row.querySelector(".size").textContent = formatSize(file.size);
  other.href = download.url;
  other.textContent = text("otherWay");
  bar.setAttribute("aria-label", file.name);

  const draw = () => {
    const percent = Math.floor(download.share * 100);
    const { label, said } = {
      ready: { label: "download" },
      running: { label: "downloading" },
      waiting: { label: "downloading", said: "waiting" },
      stopped: { label: "resume", said: "stopped" },
      saved: { label: "downloadAgain", said: "saved" },
      started: { label: "downloadAgain", said: "started" },
    }[download.state];
    row.className = `file ${download.state}`;
    bar.hidden = !["running", "waiting", "stopped"].includes(download.state);
    bar.value = download.share;
    note.hidden = !said;
    note.textContent = said ? text(said, { percent }) : "";
    button.className = label === "downloadAgain" ? "plain" : "main";
    button.firstElementChild.textContent = text(label, { percent });
    button.setAttribute("aria-label", `${button.textContent}: ${file.name}`);
    button.setAttribute("aria-disabled", String(label === "downloading"));
    other.hidden = download.state !== "saved";
  };

  const told = { state: download.state };
  download.onchange = () => {
    draw();
    if (told.state !== download.state) {
      told.state = download.state;
      say(`${file.name}. ${note.textContent || button.textContent}`);
    }
  };
  download.onrefused = (status) => explain(new Problem(status));
  button.addEventListener("click", () => download.start());
  draw();
  return row;
}

async function finish() {
  try {
    await post("done");
    state.token = "";
    state.downloads.forEach((download) => download.stop());
    state.downloads = [];
    enter(() => show("done"));
  } catch (problem) {
    explain(problem);
  }
}

const gone = () => enter(() => show("gone"));
const reopen = () => enter(() => show("reopen"));

function expired() {
  enter(() => show("expired").querySelector("button").addEventListener("click", open));
}

function offline(retry) {
  enter(() => show("offline").querySelector("button").addEventListener("click", retry));
}

// Small things

/** Runs something later unless the screen was left. */
function later(delay, run) {
  const timer = setTimeout(run, delay);
  leaving.signal.addEventListener("abort", () => clearTimeout(timer));
}

/** Runs a button's work once at a time and shows that it runs. */
async function busy(button, work) {
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

function onChannel(screen, next) {
  for (const button of screen.querySelectorAll("button[data-channel]")) {
    button.addEventListener("click", () => busy(button, () => send(button.dataset.channel, next)));
  }
}

async function send(channel, next) {
  try {
    const answer = await post("code", { token: state.token, channel });
    state.channel = channel;
    state.digits = answer.code_length;
    state.resendAt = Date.now() + answer.resend_after_seconds * 1000;
    next();
  } catch (problem) {
    explain(problem);
  }
}

function formatSize(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const options = {
    style: "unit",
    unit: units[step],
    unitDisplay: step ? "short" : "long",
    maximumFractionDigits: step ? 1 : 0,
  };
  return new Intl.NumberFormat(state.language, options).format(bytes / 1000 ** step);
}

function showClinic() {
  const { clinic_name: clinic, clinic_phone: phone, organization_name: chain } = state.link;
  $("clinic").textContent = clinic;
  $("chain").textContent = chain;
  $("chain").hidden = !chain || chain === clinic;
  $("phone").href = `tel:${phone.replace(/[^+\d]/g, "")}`;
  $("phone").querySelector("span").textContent = phone;
  $("phone").hidden = !phone;
}

// The way in

async function open() {
  loading();
  try {
    state.link = await post("open", { token: state.token });
    if (!state.chosenByHand) {
      setLanguage(pickLanguage(state.link.language) ?? state.language);
    }
    showClinic();
    choose();
  } catch (problem) {
    explain(problem, open);
  }
}

/** Without a token, after a reload: the session may still be live. */
async function goOn() {
  loading();
  try {
    const { files } = await post("files");
    listFiles(files);
  } catch (problem) {
    if (problem.status === 0 || problem.status >= 500) {
      offline(goOn);
    } else {
      reopen();
    }
  }
}

function begin() {
  const token = location.hash.slice(1);
  if (token) {
    history.replaceState(null, "", location.pathname);
    state.token = token;
    open();
  } else if (!state.token) {
    goOn();
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
