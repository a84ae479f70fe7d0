/** Replies as the chat window shows them, by the window's own code. Without this file they are read as text. */

import { renderMessage } from "/widget/bubbles.js";
import { h } from "/widget/dom.js";
import { PANEL_STYLE } from "/widget/style.js";

/** Where the chat window stands in its corner, this stands in the page. */
const IN_PAGE = /* css */ `
  :host { display: block; font: 16px/1.5 var(--font, system-ui, sans-serif); --edge: 0px; --ground: var(--accent, #0b5f58); --words: var(--on-accent, #fff); }
  .panel { display: block; position: static; width: auto; max-width: 400px; height: auto; max-height: none; border: 1px solid var(--line); border-radius: 12px; box-shadow: none; animation: none; }
  .panel .log { overflow: visible; }
`;

/**
 * Show replies in a place, or others in the place of those.
 * @param {HTMLElement} place holds as JSON: the messages, the config that they need, and the clinic's theme
 */
export function showReplies(place) {
  const { messages, config, theme } = JSON.parse(place.dataset.replies);
  if (!messages.length && !place.shadowRoot) return;
  for (const [name, value] of Object.entries(theme)) place.style.setProperty(`--${name.replaceAll("_", "-")}`, value);
  const around = { config, choose() {} };
  const bubbles = messages.map((message, index) => renderMessage(message, around, messages[index - 1]));
  const root = place.shadowRoot ?? makeRoot(place);
  root.replaceChildren(h("div", { class: "panel" }, h("ol", { class: "log", role: "list" }, h("li", { class: "turn assistant" }, ...bubbles))));
  // They look as they do for a visitor, and lead nowhere here.
  for (const button of root.querySelectorAll("button")) {
    button.setAttribute("aria-disabled", "true");
    button.tabIndex = -1;
  }
}

/** @param {HTMLElement} place */
function makeRoot(place) {
  const root = place.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [PANEL_STYLE, IN_PAGE].map((rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    return sheet;
  });
  return root;
}
