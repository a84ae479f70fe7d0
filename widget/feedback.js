/** The question under an answer: was this helpful? */

import { h } from "./dom.js";

/**
 * @param {import("./types.js").Strings} strings
 * @param {(helpful: boolean) => void} give called once, with what the visitor pressed
 */
export function renderFeedback(strings, give) {
  const row = h("div", { class: "feedback", role: "group", "aria-label": strings.helpful }, h("span", { dir: "auto" }, strings.helpful));
  const button = (/** @type {string} */ label, /** @type {boolean} */ helpful) => {
    const answer = () => {
      const thanks = h("span", { tabindex: "-1" }, strings.helpful_thanks);
      row.replaceChildren(thanks);
      thanks.focus();
      give(helpful);
    };
    row.append(h("button", { type: "button", onclick: answer }, label));
  };
  button(strings.helpful_yes, true);
  button(strings.helpful_no, false);
  return row;
}
