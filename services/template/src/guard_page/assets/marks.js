// Texts with parts marked. JavaScript counts UTF-16 units, as the guard's spans do.

const CLASS = {
  GUARD_ACTION_BLOCK: "block",
  GUARD_ACTION_REQUIRE_APPROVAL: "hold",
  GUARD_ACTION_WARN: "warn",
};
const STRENGTH = ["warn", "hold", "block"];

/** Puts a text into an element; where findings overlap the strongest is shown. */
export function mark(element, text, findings) {
  const spans = findings.filter(({ span }) => span).map(({ span, action }) => ({
    start: span.start ?? 0,
    end: span.end ?? 0,
    name: CLASS[action] ?? "warn",
  }));
  const edges = new Set([0, text.length]);
  for (const { start, end } of spans) {
    edges.add(start).add(end);
  }
  const cuts = [...edges].filter((at) => at >= 0 && at <= text.length).sort((a, b) => a - b);
  const parts = [];
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [start, end] = [cuts[index], cuts[index + 1]];
    const over = spans.filter((span) => span.start <= start && span.end >= end);
    const words = text.slice(start, end);
    if (over.length === 0) {
      parts.push(document.createTextNode(words));
      continue;
    }
    const marked = document.createElement("mark");
    marked.className = over.map(({ name }) => name).sort((a, b) => STRENGTH.indexOf(b) - STRENGTH.indexOf(a))[0];
    marked.textContent = words;
    parts.push(marked);
  }
  element.replaceChildren(...parts);
}

/** One finding as an entry of the list. */
export function entry(finding, text, language) {
  const item = document.createElement("li");
  const rule = document.createElement("span");
  rule.className = "rule";
  rule.textContent = finding.rule;
  const what = document.createElement("p");
  what.lang = language;
  const { start = 0, end = 0 } = finding.span ?? {};
  const words = text.slice(start, end);
  what.textContent = (words ? `«${words}» ` : "") + finding.explanation + (finding.suggestion ? ` (${finding.suggestion}?)` : "");
  item.append(what, rule);
  return item;
}
