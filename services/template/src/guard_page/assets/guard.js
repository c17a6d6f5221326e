// Asks the guard while somebody types: when they pause, never two questions at once, and only the newest answer counts.

import { ask, signIn, told } from "./session.js";
import { entry, mark } from "./marks.js";

const PAUSE = 350;
const VERDICTS = {
  GUARD_ACTION_ALLOW: "It may be sent.",
  GUARD_ACTION_WARN: "It may be sent, with warnings.",
  GUARD_ACTION_BLOCK: "It would be blocked.",
};
const URGENCIES = {
  GUARD_URGENCY_NONE: "In its turn.",
  GUARD_URGENCY_SOON: "Somebody should act within two days.",
  GUARD_URGENCY_URGENT: "Urgent: somebody must act today.",
};
const MOODS = {
  GUARD_SENTIMENT_POSITIVE: "pleased",
  GUARD_SENTIMENT_NEUTRAL: "neutral",
  GUARD_SENTIMENT_NEGATIVE: "not pleased",
  GUARD_SENTIMENT_ANGRY: "angry",
};
const OUTCOMES = {
  GUARD_OUTCOME_PAGE_ON_CALL: "page whoever is on call",
  GUARD_OUTCOME_RAISE_PRIORITY: "raise the priority",
  GUARD_OUTCOME_ASK_TO_COME_IN: "ask the patient to come in",
  GUARD_OUTCOME_NOTIFY_DENTIST: "tell the dentist",
  GUARD_OUTCOME_SEAL_EVIDENCE: "keep the evidence, do not answer",
  GUARD_OUTCOME_OPT_OUT: "send no more messages",
  GUARD_OUTCOME_CONFIRM_OPT_OUT: "ask whether they want no more messages",
  GUARD_OUTCOME_COOL_DOWN: "call rather than write",
  GUARD_OUTCOME_PERSON_FIRST: "let a person read it first",
};

const at = (id) => document.getElementById(id);
let timer = 0;
let asking = false;
let again = false;

function show(id) {
  for (const screen of ["signin", "editor"]) {
    at(screen).hidden = screen !== id;
  }
  at(id).querySelector("h1").focus();
}

function clear() {
  at("alert").textContent = "";
  at("verdict").textContent = "";
  at("versions").textContent = "";
  at("shown").replaceChildren();
  at("findings").replaceChildren();
}

function question(text) {
  const explainIn = at("explain").value;
  if (new FormData(at("editor-form")).get("way") === "in") {
    return ["/v1/guard:analyzeInbound", { text, explainIn }];
  }
  const context = {
    patientFirstName: at("patient").value,
    operatorName: at("operator").value,
    firstMessage: at("first").checked,
  };
  return ["/v1/guard:checkMessage", { text, context, explainIn, suggest: true }];
}

function sentence({ verdict, analysis }) {
  if (verdict) {
    const dentist = verdict.approver === "GUARD_ROLE_DENTIST";
    return VERDICTS[verdict.action] ?? `It would wait for ${dentist ? "a dentist" : "a manager"}.`;
  }
  const outcomes = (analysis.outcomes ?? []).map((outcome) => OUTCOMES[outcome]).filter(Boolean);
  const steps = outcomes.length ? ` What to do: ${outcomes.join("; ")}.` : "";
  return `${URGENCIES[analysis.urgency]} The patient sounds ${MOODS[analysis.sentiment]}.${steps}`;
}

function render(text, body) {
  clear();
  const found = body.verdict ?? body.analysis;
  const findings = found.findings ?? [];
  at("verdict").textContent = sentence(body);
  mark(at("shown"), text, findings);
  at("findings").replaceChildren(...findings.map((finding) => entry(finding, text, at("explain").value)));
  const spelling = body.verdict && !body.verdict.spellingChecked ? " Spelling was not looked at." : "";
  at("versions").textContent = `Read as ${found.language}, by model ${found.modelVersion}.${spelling}`;
}

async function look() {
  const text = at("text").value;
  if (!text.trim()) {
    clear();
    return;
  }
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  const answer = await ask(...question(text));
  asking = false;
  if (answer.status === 200) {
    render(text, answer.body);
  } else if (answer.status === 401) {
    show("signin");
  } else {
    clear();
    at("alert").textContent = told(answer);
  }
  if (again) {
    again = false;
    look();
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
}

at("signin-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [organization, email, password] = ["organization", "email", "password"].map((id) => at(id).value);
  at("signin-alert").textContent = await signIn(organization.trim(), email.trim(), password);
  if (!at("signin-alert").textContent) {
    at("password").value = "";
    at("who").textContent = email;
    show("editor");
  }
});
at("editor-form").addEventListener("input", () => {
  at("context").hidden = new FormData(at("editor-form")).get("way") === "in";
  soon();
});
at("editor-form").addEventListener("submit", (event) => event.preventDefault());
show("signin");
