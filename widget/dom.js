/** Elements without innerHTML: text is always text. */

import { parseMarkdown } from "./markdown.js";

/** @typedef {Node | string | null | false | undefined} Child */

/** @type {Record<string, string>} */
const ICONS = {
  close: "M6 6l12 12M18 6L6 18",
  more: "M5 12h.1M12 12h.1M19 12h.1",
  erase: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  fresh: "M12 5v14M5 12h14",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  print: "M7 9V4h10v5M7 17H4v-7h16v7h-3M7 14h10v6H7z",
  send: "M4 12l16-8-6 16-3-6z",
  phone: "M6 3h4l2 5-2.5 1.5a12 12 0 0 0 5 5L16 12l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  calendar: "M5 5h14v15H5zM5 10h14M9 3v4M15 3v4",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v6M12 7.5v.1",
  alert: "M12 4l9 16H3zM12 10v5M12 17.5v.1",
};

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties] attributes; `on…` adds a listener; false and null leave an attribute out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * Make one of the icons; it says nothing to a screen reader.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * Make words that only a screen reader says.
 * @param {string} text
 */
export function spoken(text) {
  return h("span", { class: "spoken" }, text);
}

/**
 * Make a link; a website opens in a new tab and says so.
 * @param {string} href
 * @param {Node | string} label
 * @param {string} newTabText
 * @param {Record<string, any>} [properties]
 */
export function link(href, label, newTabText, properties = {}) {
  const isWeb = /^https?:/i.test(href);
  const target = isWeb ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return h("a", { ...properties, href, ...target }, label, isWeb && newTabText && spoken(` (${newTabText})`));
}

/**
 * The small Markdown of answers as elements.
 * @param {string} text
 * @param {string} [newTabText] what a screen reader hears behind a link to a website
 */
export function renderMarkdown(text, newTabText = "") {
  const fragment = document.createDocumentFragment();
  for (const { type, lines } of parseMarkdown(text)) {
    const rows = lines.map((spans) => renderSpans(spans, newTabText));
    if (type === "p") fragment.append(h("p", {}, ...rows.flatMap((row, index) => (index ? [h("br"), ...row] : row))));
    else fragment.append(h(type, {}, ...rows.map((row) => h("li", {}, ...row))));
  }
  return fragment;
}

/**
 * @param {import("./markdown.js").Span[]} spans
 * @param {string} newTabText
 * @returns {(Node | string)[]}
 */
function renderSpans(spans, newTabText) {
  return spans.map((span) => {
    if ("text" in span) return span.text;
    if ("bold" in span) return h("strong", {}, ...renderSpans(span.bold, newTabText));
    return link(span.href, span.label, newTabText);
  });
}
