// Shows /openapi.json. Everything from the document becomes text nodes, never markup.
"use strict";

const VERBS = ["get", "post", "put", "patch", "delete"];
const DEPTH = 6;

const state = document.getElementById("state");
const index = document.getElementById("index");
const main = document.getElementById("operations");
const filter = document.getElementById("filter");

/** Makes an element; a string child becomes text, `code` in backquotes becomes code. */
function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function prose(text) {
  return text.split("`").map((part, at) => (at % 2 ? el("code", null, part) : part));
}

function resolve(api, schema) {
  if (!schema.$ref) return schema;
  const { $ref, ...own } = schema;
  const name = $ref.split("/").pop();
  return { ...api.components.schemas[name], ...own, name };
}

function typeOf(api, schema) {
  const full = resolve(api, schema);
  if (full.type === "array") return `${typeOf(api, full.items || {})}[]`;
  if (full.additionalProperties && typeof full.additionalProperties === "object") {
    return `map of ${typeOf(api, full.additionalProperties)}`;
  }
  if (full.enum) return "enum";
  if (full.name) return full.name.split(".").pop();
  const kind = full.type || "any";
  return full.format ? `${kind} (${full.format})` : kind;
}

/** The object whose fields are worth listing below a value of this schema, if any. */
function inner(api, schema) {
  const full = resolve(api, schema);
  if (full.type === "array") return inner(api, full.items || {});
  if (full.additionalProperties && typeof full.additionalProperties === "object") {
    return inner(api, full.additionalProperties);
  }
  return full.properties && Object.keys(full.properties).length ? full : null;
}

function fieldItem(api, name, schema, note, depth) {
  const full = resolve(api, schema);
  const item = el("li", { class: full.deprecated && "retired" },
    el("span", { class: "name" }, name),
    el("span", { class: "type" }, [typeOf(api, schema), note].filter(Boolean).join(", ")));
  if (schema.description || full.description) {
    item.append(el("p", null, prose(schema.description || full.description)));
  }
  if (full.enum) item.append(el("p", null, prose(full.enum.map((value) => `\`${value}\``).join(" "))));
  const nested = depth > 0 && inner(api, schema);
  if (nested) {
    // Filled when it is opened: messages may hold themselves.
    const more = el("details", { class: "more" }, el("summary", null, "Fields"));
    more.addEventListener("toggle", () => more.append(fieldList(api, nested, depth - 1)), { once: true });
    item.append(more);
  }
  return item;
}

function fieldList(api, schema, depth) {
  const entries = Object.entries(schema.properties || {});
  if (!entries.length) return el("p", null, "No fields.");
  const required = new Set(schema.required || []);
  return el("ul", { class: "fields" }, entries.map(([name, field]) =>
    fieldItem(api, name, field, required.has(name) ? "required" : "", depth)));
}

/** A value somebody could send, to start from. */
function example(api, schema, depth) {
  const full = resolve(api, schema);
  if (full.enum) return full.enum[1] || full.enum[0];
  if (full.type === "array") return depth > 0 ? [example(api, full.items || {}, depth - 1)] : [];
  if (full.type === "object") {
    if (depth <= 0) return {};
    const fields = Object.entries(full.properties || {}).filter(([, field]) => !field.deprecated);
    return Object.fromEntries(fields.map(([name, field]) => [name, example(api, field, depth - 1)]));
  }
  if (full.type === "integer" || full.type === "number") return 0;
  if (full.type === "boolean") return false;
  if (full.format === "date-time") return "2027-01-31T09:30:00Z";
  if (full.format === "int64" || full.format === "uint64") return "0";
  return full.type === "string" ? "" : null;
}

function curl(api, verb, path, operation) {
  const lines = [`curl "$BITEWING${path}"`];
  if (verb !== "get") lines[0] += ` -X ${verb.toUpperCase()}`;
  if (operation.security.length) lines.push('-H "Authorization: Bearer $TOKEN"');
  if (operation.requestBody) {
    const schema = operation.requestBody.content["application/json"].schema;
    lines.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(example(api, schema, 3), null, 2)}'`);
  }
  return lines.join(" \\\n  ");
}

function fillOperation(api, verb, path, operation, body) {
  if (operation.description) body.append(el("p", null, prose(operation.description)));
  for (const [place, title] of [["path", "In the path"], ["query", "In the query"]]) {
    const parameters = operation.parameters.filter((parameter) => parameter.in === place);
    if (!parameters.length) continue;
    body.append(el("h3", null, title), el("ul", { class: "fields" }, parameters.map((parameter) =>
      fieldItem(api, parameter.name, { ...parameter.schema, description: parameter.description },
        parameter.required ? "required" : "", 0))));
  }
  if (operation.requestBody) {
    const schema = resolve(api, operation.requestBody.content["application/json"].schema);
    body.append(el("h3", null, "Body"), fieldList(api, schema, DEPTH));
  }
  const [[media, content]] = Object.entries(operation.responses["200"].content);
  const stream = content.schema.oneOf;
  const answer = resolve(api, stream ? stream[0].properties.result : content.schema);
  body.append(el("h3", null, stream ? `Answer, one line of ${media} each` : "Answer"), fieldList(api, answer, DEPTH));
  body.append(el("h3", null, "Example"), el("pre", { tabindex: "0" }, curl(api, verb, path, operation)));
}

function operationCard(api, verb, path, operation) {
  const id = operation.operationId;
  const details = el("details", null,
    el("summary", null,
      el("span", { class: `verb ${verb}` }, verb.toUpperCase()),
      el("code", null, path),
      el("span", { class: "what" }, prose(operation.summary))));
  details.addEventListener("toggle", () => {
    const body = el("div", { class: "body" });
    fillOperation(api, verb, path, operation, body);
    details.append(body);
  }, { once: true });
  const card = el("article", { id, class: operation.deprecated && "retired" }, details);
  card.dataset.words = `${id} ${verb} ${path} ${operation.summary}`.toLowerCase();
  return card;
}

function show(api) {
  document.getElementById("version").textContent = api.info.version;
  state.remove();
  for (const tag of api.tags) {
    const section = el("section", null, el("h2", null, tag.name), el("p", null, prose(tag.description)));
    const list = el("ul");
    for (const [path, item] of Object.entries(api.paths)) {
      for (const verb of VERBS.filter((verb) => item[verb] && item[verb].tags.includes(tag.name))) {
        const card = operationCard(api, verb, path, item[verb]);
        section.append(card);
        const name = item[verb].operationId.split("_").slice(1).join(" ");
        const entry = el("li", null, el("a", { href: `#${card.id}` }, name));
        entry.dataset.words = card.dataset.words;
        list.append(entry);
      }
    }
    main.append(section);
    index.append(el("div", null, el("h2", null, tag.name), list));
  }
  openTarget();
}

function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target && target.querySelector("details");
  if (!details) return;
  details.open = true;
  target.scrollIntoView();
}

function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const element of document.querySelectorAll("[data-words]")) {
    element.hidden = !words.every((word) => element.dataset.words.includes(word));
  }
  for (const group of document.querySelectorAll("main > section, nav > div")) {
    group.hidden = !group.querySelector("[data-words]:not([hidden])");
  }
}

filter.addEventListener("input", applyFilter);
window.addEventListener("hashchange", openTarget);
fetch("/openapi.json")
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
  .then(show)
  .catch(() => { state.textContent = "The description of the API cannot be loaded now. Please try again."; });
