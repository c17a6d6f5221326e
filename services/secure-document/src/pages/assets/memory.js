// What the tab remembers until the documents are open, so that a phone that drops the page while its
// owner reads the text message does not send them back to the e-mail. It ends with the tab.

const NAME = "document";

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME)) || {};
  } catch (error) {
    return {};
  }
}

export function recall(key) {
  return read()[key];
}

export function remember(values) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(Object.assign(read(), values)));
  } catch (error) {
    // A browser that keeps nothing asks for the link again after a reload.
  }
}

/** Forgets everything but the language. */
export function forget() {
  const { language, chosen } = read();
  try {
    sessionStorage.removeItem(NAME);
  } catch (error) {
    return;
  }
  if (language) {
    remember({ language, chosen });
  }
}
