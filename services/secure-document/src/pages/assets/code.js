// Choosing how the code comes, and typing it.

import { post } from "./service.js";
import { recall, remember } from "./memory.js";
import { $, busy, enter, isLeft, later, say, show } from "./screen.js";
import { know, text, writeClock, writeDate } from "./words.js";

/** The code on its way: how it goes, when another may follow, how often it may be tried. */
let asked = { channel: "SMS", again: 0, digits: 6, tries: 5, earlier: false };
let typed = "";
let complaint = "";

/** What the flow does around this screen. */
let flow = { token: "", channels: [], opened() {}, refused() {} };

export function begin(around) {
  flow = around;
}

/** The code a reload interrupted, if there is one. */
export function interrupted() {
  return recall("asked");
}

export function choose(expiresAt) {
  enter(() => {
    const date = writeDate(new Date(expiresAt));
    const screen = show("choose", { step: text("step", { step: 1 }), date });
    for (const element of screen.querySelectorAll("[data-channel], [data-channel-note]")) {
      const channel = element.dataset.channel || element.dataset.channelNote;
      element.hidden = flow.channels.indexOf(channel) < 0;
    }
    if (flow.channels.length === 1) {
      screen.querySelector("button:not([hidden])").className = "main";
    }
    onChannel(screen, () => type());
  });
}

/** Shows where the code is typed. */
export function type(again) {
  asked = again || asked;
  typed = complaint = "";
  know({ digits: asked.digits });
  enter(draw);
}

function draw() {
  const sent = asked.earlier ? "codeEarlier" : asked.channel === "VOICE" ? "codeSentCall" : "codeSentSms";
  const screen = show("code", { step: text("step", { step: 2 }), codeSent: text(sent) });
  const input = $("code");
  const form = screen.querySelector("form");
  input.value = typed;
  input.addEventListener("input", () => {
    // Spaces and hyphens of a pasted code do not count.
    const digits = input.value.replace(/\D/g, "").slice(0, asked.digits);
    if (digits !== input.value) {
      input.value = digits;
    }
    typed = digits;
    if (complaint) {
      complain("");
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form.querySelector("button"), verify);
  });
  if (complaint) {
    $("code-alert").textContent = complaint;
    input.setAttribute("aria-invalid", "true");
  }
  onChannel(screen, () => {
    type();
    say(text("codeNew"));
  });
  countDown();
  readTextMessage(form);
}

/** Tells what is wrong with the code, next to it. */
function complain(message) {
  const input = $("code");
  complaint = message;
  $("code-alert").textContent = message;
  input.setAttribute("aria-invalid", String(message !== ""));
  if (message) {
    input.focus();
  }
}

async function verify() {
  if (typed.length !== asked.digits) {
    complain(text("codeIncomplete"));
    return;
  }
  try {
    const answer = await post("verify", { token: flow.token, code: typed });
    flow.opened(answer);
  } catch (problem) {
    wrong(problem);
  }
}

function wrong(problem) {
  if (problem.reason === "CODE_EXPIRED") {
    complain(text("codeExpired"));
  } else if (problem.reason === "CODE_WRONG") {
    asked.tries = Math.max(0, asked.tries - 1);
    remember({ asked });
    typed = $("code").value = "";
    const left = asked.tries ? `${text("codeWrong")} ${text("codeTries", { tries: asked.tries })}` : text("codeUsedUp");
    complain(left);
  } else {
    flow.refused(problem);
  }
}

/** Offers another code once the service allows one. */
function countDown() {
  const tick = (waited) => {
    const seconds = Math.ceil((asked.again - Date.now()) / 1000);
    $("wait").hidden = seconds <= 0;
    $("resend").hidden = seconds > 0;
    for (const button of $("resend").children) {
      button.hidden = flow.channels.indexOf(button.dataset.channel) < 0;
    }
    if (seconds > 0) {
      $("wait").textContent = text("codeWait", { time: writeClock(seconds) });
      later(1000, () => tick(true));
    } else if (waited) {
      say(text("codeAgain"));
    }
  };
  tick(false);
}

/** Takes the code out of the text message where the browser can (WebOTP). */
function readTextMessage(form) {
  if (asked.channel !== "SMS" || !("OTPCredential" in window)) {
    return;
  }
  navigator.credentials
    .get({ otp: { transport: ["sms"] }, signal: isLeft() })
    .then((message) => {
      typed = $("code").value = message.code;
      busy(form.querySelector("button"), verify);
    })
    .catch(() => {});
}

function onChannel(screen, next) {
  for (const button of screen.querySelectorAll("button[data-channel]")) {
    button.addEventListener("click", () => busy(button, () => send(button.dataset.channel, next)));
  }
}

async function send(channel, next) {
  try {
    const answer = await post("code", { token: flow.token, channel });
    asked = {
      channel,
      again: Date.now() + answer.resend_after_seconds * 1000,
      digits: answer.code_length,
      tries: answer.code_guesses,
      earlier: false,
    };
    remember({ asked });
    next();
  } catch (problem) {
    if (problem.reason === "CODE_TOO_SOON") {
      // This browser's code from before a reload or from another tab; or somebody else's, a mail
      // scanner's for instance.
      const again = Date.now() + problem.wait * 1000;
      type(Object.assign({}, asked, { channel, again, tries: 5, earlier: true }));
    } else {
      flow.refused(problem);
    }
  }
}
