/** A conversation on paper: a page of its own inside the page, so that nothing of the website is printed. */

import { h } from "./dom.js";

const STYLE = "body { font: 12pt/1.5 serif; white-space: pre-wrap; } h1 { font-size: 16pt; }";

/**
 * @param {ParentNode & Node} place where the page may stand unseen
 * @param {string} title
 * @param {string} text
 */
export function printText(place, title, text) {
  const frame = h("iframe", { class: "spoken", tabindex: "-1", "aria-hidden": "true", title });
  // Firefox empties a new frame once more before it says that it is there.
  frame.onload = () => {
    const page = frame.contentWindow;
    if (!page) return;
    const sheet = new /** @type {any} */ (page).CSSStyleSheet();
    sheet.replaceSync(STYLE);
    page.document.adoptedStyleSheets = [sheet];
    page.document.title = title;
    page.document.body.replaceChildren(h("h1", {}, title), text);
    page.addEventListener("afterprint", () => frame.remove());
    page.print();
  };
  place.append(frame);
}
