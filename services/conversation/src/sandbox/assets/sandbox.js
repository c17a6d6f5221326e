// What patients would receive, as it arrives: text messages and calls by number, e-mails by address.

import { renderEmail, linkify } from "./email.js";

const POLL_EVERY = 1_000;
const POLL_AFTER_FAILURE = 4_000;

const $ = (id) => document.getElementById(id);
const stamp = (id) => $(id).content.cloneNode(true).firstElementChild;

/** Address to its messages, oldest first. */
const threads = new Map();
const unread = new Map();
let open = null;

// Arrivals

async function poll(cursor) {
  let wait = POLL_EVERY;
  try {
    const query = new URLSearchParams({ after: cursor });
    const response = await fetch(`/sandbox/api/messages?${query}`, { cache: "no-store" });
    if (!response.ok) {
      throw new Error(`status ${response.status}`);
    }
    const { messages, next } = await response.json();
    const first = cursor === "";
    cursor = next;
    live("live", "Live");
    receive(messages, first);
  } catch {
    live("lost", "Connection lost, trying again…");
    wait = POLL_AFTER_FAILURE;
  }
  setTimeout(poll, wait, cursor);
}

function receive(messages, first) {
  for (const message of messages) {
    if (!threads.has(message.to)) {
      threads.set(message.to, []);
    }
    threads.get(message.to).push(message);
    if (message.to === open) {
      append(message, !first);
    } else if (!first) {
      unread.set(message.to, (unread.get(message.to) ?? 0) + 1);
    }
  }
  if (messages.length === 0) {
    return;
  }
  if (!first) {
    const { kind, to } = messages.at(-1);
    $("status").textContent = `New ${nameOf(kind)} for ${to}`;
  }
  $("split").classList.remove("bare");
  if (open === null) {
    const wanted = decodeURIComponent(location.hash.slice(1));
    if (threads.has(wanted)) {
      select(wanted);
    } else if (isWide()) {
      select(messages.at(-1).to);
    }
  }
  list();
}

function live(state, words) {
  $("live").dataset.state = state;
  if ($("live-words").textContent !== words) {
    $("live-words").textContent = words;
  }
}

// Addresses

function list() {
  const newest = [...threads].sort(([, a], [, b]) => time(b.at(-1)) - time(a.at(-1)));
  const focused = document.activeElement?.closest?.(".address")?.dataset.to;
  $("addresses").replaceChildren(...newest.map(([to, messages]) => row(to, messages.at(-1))));
  const again = [...$("addresses").querySelectorAll(".address")];
  again.find((button) => button.dataset.to === focused)?.focus({ preventScroll: true });

  const count = [...unread.values()].reduce((sum, some) => sum + some, 0);
  document.title = `${count ? `(${count}) ` : ""}Sandbox · what patients receive`;
}

function row(to, last) {
  const item = stamp("address");
  const button = item.firstElementChild;
  button.dataset.to = to;
  button.setAttribute("aria-current", String(to === open));
  button.querySelector("use").setAttribute("href", `#i-${last.kind.toLowerCase()}`);
  button.querySelector(".to").textContent = to;
  button.querySelector(".last").textContent = last.subject || last.text;
  setTime(button.querySelector("time"), last.at);
  const count = unread.get(to) ?? 0;
  const badge = button.querySelector(".unread");
  badge.hidden = count === 0;
  badge.textContent = count;
  badge.setAttribute("aria-label", `${count} new`);
  button.addEventListener("click", () => {
    select(to);
    list();
    $("stage").focus({ preventScroll: true });
  });
  return item;
}

// One address

function select(to) {
  open = to;
  unread.delete(to);
  history.replaceState(null, "", `#${encodeURIComponent(to)}`);
  const thread = stamp("thread");
  thread.querySelector("h2").textContent = to;
  thread.querySelector(".back").addEventListener("click", leave);
  $("stage").replaceChildren(thread);
  $("split").classList.add("reading");
  threads.get(to).forEach((message) => append(message, false));
}

function leave() {
  const left = open;
  open = null;
  history.replaceState(null, "", location.pathname);
  $("split").classList.remove("reading");
  $("stage").replaceChildren();
  list();
  const buttons = [...$("addresses").querySelectorAll(".address")];
  buttons.find((button) => button.dataset.to === left)?.focus();
}

/** Adds a message below the others; e-mails go on top, as mailboxes show them. */
function append(message, arriving) {
  const messages = $("stage").querySelector(".messages");
  const item = { SMS: sms, VOICE: voice, EMAIL: email }[message.kind](message);
  item.classList.toggle("new", arriving);
  item.dataset.from = message.from;
  if (message.kind === "EMAIL") {
    messages.prepend(item);
    $("stage").scrollTop = 0;
  } else {
    // A sender is named once for a run of its messages.
    item.querySelector(".from").hidden = messages.lastElementChild?.dataset.from === message.from;
    messages.append(item);
    $("stage").scrollTop = $("stage").scrollHeight;
  }
}

function sms(message) {
  const item = stamp("sms");
  item.querySelector(".from").textContent = message.from;
  linkify(item.querySelector(".bubble"), message.text);
  setTime(item.querySelector("time"), message.at);
  offerCode(item, message.text);
  return item;
}

function voice(message) {
  const item = stamp("voice");
  item.querySelector(".from").textContent = message.from;
  item.querySelector(".spoken").textContent = message.text;
  setTime(item.querySelector("time"), message.at);
  offerCode(item, message.text);
  return item;
}

function email(message) {
  const item = stamp("email");
  item.querySelector("h3").textContent = message.subject || "(no subject)";
  item.querySelector(".from").textContent = message.from;
  setTime(item.querySelector("time"), message.at);
  renderEmail(item.querySelector(".body"), message);
  return item;
}

/** A code of 6 to 8 digits, written together or spoken one by one. */
function offerCode(item, text) {
  const found = text.match(/(?<![\d+])\d(?:[\s.,-]{0,3}\d){5,7}(?!\d)/);
  if (!found) {
    return;
  }
  const code = found[0].replace(/\D/g, "");
  const button = stamp("copy");
  const words = button.querySelector("span");
  words.textContent = `Copy ${code}`;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code).then(
      () => (words.textContent = "Copied"),
      () => getSelection().selectAllChildren(words),
    );
    setTimeout(() => (words.textContent = `Copy ${code}`), 2_000);
  });
  item.querySelector(".under").append(button);
}

// Small things

const time = (message) => new Date(message.at).getTime();
const isWide = () => matchMedia("(min-width: 48rem)").matches;
const nameOf = (kind) => ({ SMS: "text message", VOICE: "call", EMAIL: "e-mail" })[kind];

function setTime(element, at) {
  const when = new Date(at);
  const today = when.toDateString() === new Date().toDateString();
  const format = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  element.dateTime = at;
  element.textContent = new Intl.DateTimeFormat(undefined, format).format(when);
  element.title = when.toLocaleString();
}

$("split").classList.add("bare");
poll("");
