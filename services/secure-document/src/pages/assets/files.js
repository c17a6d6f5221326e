// The documents, and how each one is saved.

import { post } from "./service.js";
import { createDownload } from "./download.js";
import { $, busy, enter, say, show } from "./screen.js";
import { text, writeSize } from "./words.js";

/** What a download's state is called, on its button and below its bar. */
const SAID = {
  ready: { label: "download" },
  running: { label: "downloading" },
  waiting: { label: "downloading", note: "waiting" },
  stopped: { label: "resume", note: "stopped" },
  saved: { label: "downloadAgain", note: "saved" },
  started: { label: "downloadAgain", note: "started" },
};

let downloads = [];

/** Shows files; `finished` and `refused` say what then. */
export function list(files, finished, refused) {
  forget();
  downloads = files.map(createDownload);
  enter(() => {
    const screen = show("files", { step: text("step", { step: 3 }) });
    const place = screen.querySelector(".files");
    downloads.forEach((download) => place.appendChild(row(download, refused)));
    const done = $("done");
    done.addEventListener("click", () => busy(done, () => finish(finished, refused)));
  });
}

/** Stops what runs and lets go of what has arrived. */
export function forget() {
  downloads.forEach((download) => download.stop());
  downloads = [];
}

async function finish(finished, refused) {
  try {
    await post("done");
    forget();
    finished();
  } catch (problem) {
    refused(problem);
  }
}

function row(download, refused) {
  const item = document.importNode($("file").content, true).firstElementChild;
  const [bar, note, button, other] = ["progress", ".note", "button", ".other"].map((selector) =>
    item.querySelector(selector),
  );
  const { file } = download;
  item.querySelector("bdi").textContent = file.name;
  item.querySelector(".size").textContent = writeSize(file.size);
  other.href = download.url;
  other.textContent = text("otherWay");
  bar.setAttribute("aria-label", file.name);

  const draw = () => {
    const percent = Math.floor(download.share() * 100);
    const said = SAID[download.state];
    item.className = `file ${download.state}`;
    bar.hidden = ["running", "waiting", "stopped"].indexOf(download.state) < 0;
    bar.value = download.share();
    note.hidden = !said.note;
    note.textContent = said.note ? text(said.note, { percent }) : "";
    button.className = said.label === "downloadAgain" ? "plain" : "main";
    button.firstElementChild.textContent = text(said.label, { percent });
    button.setAttribute("aria-label", `${button.textContent}: ${file.name}`);
    button.setAttribute("aria-disabled", String(said.label === "downloading"));
    other.hidden = download.state !== "saved";
  };

  let told = download.state;
  download.onchange = () => {
    draw();
    if (told !== download.state) {
      told = download.state;
      say(`${file.name}. ${note.textContent || button.textContent}`);
    }
  };
  download.onrefused = refused;
  button.addEventListener("click", () => download.start());
  draw();
  return item;
}
