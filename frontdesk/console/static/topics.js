/** While a topic is written: what to look at after each pause, and its answer as visitors will see it. Without this file "Check" does it. */

import { showReplies } from "./window.js";

const PAUSE_MS = 600;

const form = document.querySelector("form[data-hints]");
const count = document.getElementById("hints-count");
/** @type {AbortController | undefined} */
let asking;
let pause = 0;

async function lookThrough() {
  asking?.abort();
  asking = new AbortController();
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.hints, { method: "POST", body, signal: asking.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch (problem) {
    if (problem.name !== "AbortError") count.textContent = "Hints are not available at the moment. What you write is not lost by that.";
  }
}

/** @param {Document} fresh */
function put(fresh) {
  for (const id of ["hints-list", "unknown"]) document.getElementById(id).replaceChildren(...fresh.getElementById(id).childNodes);
  // Said again only when it is another number.
  const counted = fresh.getElementById("hints-count").textContent;
  if (count.textContent !== counted) count.textContent = counted;
  const preview = document.getElementById("preview");
  preview.dataset.replies = fresh.getElementById("preview").dataset.replies;
  showReplies(preview);
  // There is one choice for each paragraph; the others stay as they are, and so does the focus.
  const kinds = document.getElementById("kinds");
  const labels = [...kinds.querySelectorAll("label")];
  const needed = [...fresh.querySelectorAll("#kinds label")];
  for (const label of labels.slice(needed.length)) label.remove();
  kinds.append(...needed.slice(labels.length));
}

lookThrough();
form.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(lookThrough, PAUSE_MS);
});
