// The page a patient sees behind the link in an e-mail: open, choose, code, files, done.
//
// The token arrives in the fragment, which no server and no log ever sees; it is taken out of the
// address bar and the history at once. Nothing happens without a tap except looking the link up, so a
// mail scanner that opens the page costs the patient nothing.

import * as code from "./code.js";
import * as files from "./files.js";
import { forget, recall, remember } from "./memory.js";
import { $, alertHere, drawAgain, enter, loading, say, show } from "./screen.js";
import { fetchLogo, post } from "./service.js";
import { know, speak, spoken, text, writeClock } from "./words.js";

let token = "";

/** Shows what a problem means when no screen has something better to say. */
function explain(problem, retry) {
  if (problem.status === 404 || problem.status === 410) {
    gone();
  } else if (problem.status === 401) {
    (token ? expired : reopen)();
  } else if (problem.status === 429) {
    const until = problem.wait ? text("tooManyUntil", { time: writeClock(problem.wait) }) : text("tooMany");
    complain(problem.reason === "CODE_LIMIT_REACHED" && !problem.wait ? text("noMoreCodes") : until, retry);
  } else {
    complain(text("trouble"), retry);
  }
}

function complain(message, retry) {
  if (!alertHere(message)) {
    enter(() => {
      const button = show("offline").querySelector("button");
      button.addEventListener("click", retry || begin);
    });
  }
}

function gone() {
  forget();
  enter(() => show("gone"));
}

function reopen() {
  forget();
  enter(() => show("reopen"));
}

function expired() {
  enter(() => show("expired").querySelector("button").addEventListener("click", open));
}

// The clinic

function showClinic(card) {
  const phone = $("phone");
  const clinic = $("clinic");
  clinic.textContent = card.clinic_name;
  clinic.removeAttribute("data-text");
  $("chain").textContent = card.organization_name;
  $("chain").hidden = !card.organization_name || card.organization_name === card.clinic_name;
  phone.href = `tel:${card.clinic_phone.replace(/[^+\d]/g, "")}`;
  // Numbers of North America are read in groups; how others are grouped, only their country knows.
  const groups = /^\+1(\d{3})(\d{3})(\d{4})$/;
  phone.querySelector("span").textContent = card.clinic_phone.replace(groups, "+1 $1 $2 $3");
  phone.hidden = !card.clinic_phone;
  if (card.clinic_logo) {
    drawLogo(card.clinic_logo);
  }
}

/** The policy lets no picture in but files of the page: this one is drawn. Its place is kept free. */
async function drawLogo({ width, height }) {
  const canvas = $("logo");
  if (!("createImageBitmap" in window)) {
    return;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.hidden = false;
  try {
    const picture = await createImageBitmap(await fetchLogo(token));
    canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
  } catch (error) {
    canvas.hidden = true;
  }
}

// The language

async function setLanguage(language) {
  const heard = await speak(language);
  $("language").value = spoken();
  return heard;
}

$("language").addEventListener("change", async (event) => {
  const language = event.target.value;
  if (await setLanguage(language)) {
    remember({ language, chosen: true });
    drawAgain();
  } else {
    say(text("trouble"));
  }
});

// The way in

async function open() {
  loading();
  try {
    const link = await post("open", { token });
    if (!recall("chosen")) {
      remember({ language: link.language });
      await setLanguage(link.language);
    }
    know({ hint: link.destination_hint.replace(/\D/g, "") });
    showClinic(link);
    code.begin({ token, channels: link.channels, opened, refused: explain });
    const asked = code.interrupted();
    if (asked) {
      code.type(asked);
    } else {
      code.choose(link.expires_at);
    }
  } catch (problem) {
    explain(problem, open);
  }
}

/** The documents are open: from here the session holds, and the tab need not know the link. */
function opened(answer) {
  forget();
  listFiles(answer);
}

function listFiles(answer) {
  files.list(answer.files, finished, explain);
}

function finished() {
  token = "";
  forget();
  enter(() => show("done"));
}

/** Without a token, after a reload: the session may still be live. */
async function goOn() {
  loading();
  try {
    const answer = await post("files");
    showClinic(answer.clinic);
    listFiles(answer);
  } catch (problem) {
    if (problem.status === 0 || problem.status >= 500) {
      explain(problem, goOn);
    } else {
      reopen();
    }
  }
}

function begin() {
  const given = location.hash.slice(1);
  if (given) {
    history.replaceState(null, "", location.pathname);
    if (given !== recall("token")) {
      forget();
    }
    remember({ token: given });
  }
  token = given || recall("token") || token;
  if (token) {
    open();
  } else {
    goOn();
  }
}

async function start() {
  $("language").value = spoken();
  const known = recall("language");
  if (known) {
    await setLanguage(known);
  }
  begin();
}

addEventListener("hashchange", () => {
  if (location.hash) {
    begin();
  }
});
start();
