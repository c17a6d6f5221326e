// Shows an e-mail's body without letting it do anything: no script, no form, no request.
//
// The frame is sandboxed without allow-scripts. It is same-origin so that the page can do two things
// from outside: give the mail its styles through the object model, since the policy the frame inherits
// allows no inline style, and make the frame as tall as its content. The browser's console still
// reports each inline style it refused; that is expected.

const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)]/g;

export function renderEmail(place, message) {
  if (!message.html) {
    linkify(place, message.text);
    return;
  }
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  frame.title = message.subject || "E-mail";
  frame.addEventListener("load", () => dress(frame));
  frame.srcdoc = message.html;
  place.classList.add("framed");
  place.append(frame);
}

/** Writes text with its links clickable. */
export function linkify(place, text) {
  let written = 0;
  for (const { 0: address, index } of text.matchAll(LINK)) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = address;
    openOutside(link);
    place.append(text.slice(written, index), link);
    written = index + address.length;
  }
  place.append(text.slice(written));
}

function dress(frame) {
  const mail = frame.contentDocument;
  for (const element of mail.querySelectorAll("[style]")) {
    element.style.cssText = element.getAttribute("style");
  }
  mail.adoptedStyleSheets = [...mail.querySelectorAll("style")].map((style) => {
    const sheet = new frame.contentWindow.CSSStyleSheet();
    sheet.replaceSync(style.textContent);
    return sheet;
  });
  mail.querySelectorAll("a[href], area[href]").forEach(openOutside);
  const fit = () => {
    frame.style.height = `${mail.documentElement.scrollHeight}px`;
  };
  fit();
  new ResizeObserver(fit).observe(mail.body);
}

function openOutside(link) {
  link.target = "_blank";
  link.rel = "noreferrer noopener";
}
