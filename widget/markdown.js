/**
 * The small Markdown of answers, as DOM nodes: paragraphs, lists, **bold**, [links](https://…).
 * Everything else, HTML included, is text.
 */

import { h, link, safeHref } from "./dom.js";

const INLINE = /\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g;
const BULLET = /^\s*[-*]\s+/;
const NUMBER = /^\s*\d{1,2}[.)]\s+/;

/**
 * @param {string} text
 * @param {string} [newTabText] what a screen reader hears behind a link to a website
 * @returns {DocumentFragment}
 */
export function renderMarkdown(text, newTabText = "") {
  const fragment = document.createDocumentFragment();
  for (const block of blocks(text)) {
    if (block.type === "p") fragment.append(h("p", {}, ...lines(block.lines, newTabText)));
    else fragment.append(h(block.type, {}, ...block.lines.map((line) => h("li", {}, ...inline(line, newTabText)))));
  }
  return fragment;
}

/** The same text as a screen reader should hear it: words only. */
export function plainText(text) {
  return blocks(text)
    .map((block) => block.lines.map(words).join(block.type === "p" ? " " : ", "))
    .join(" ");
}

function words(line) {
  return line.replace(INLINE, (_, bold, label) => (bold === undefined ? label : words(bold)));
}

function blocks(text) {
  const found = [];
  let current = null;
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const type = BULLET.test(line) ? "ul" : NUMBER.test(line) ? "ol" : "p";
    if (!line.trim()) {
      current = null;
    } else {
      if (current?.type !== type) found.push((current = { type, lines: [] }));
      current.lines.push(line.replace(type === "ul" ? BULLET : type === "ol" ? NUMBER : /^\s+/, "").trimEnd());
    }
  }
  return found;
}

function lines(all, newTabText) {
  return all.flatMap((line, index) => (index ? [h("br"), ...inline(line, newTabText)] : inline(line, newTabText)));
}

function inline(text, newTabText) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, found.index));
    end = found.index + found[0].length;
    const [, bold, label, address] = found;
    const href = address === undefined ? null : safeHref(address);
    if (bold !== undefined) nodes.push(h("strong", {}, ...inline(bold, newTabText)));
    else nodes.push(href ? link(href, label, newTabText) : label);
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}
