/**
 * The small Markdown of answers: paragraphs, lists, **bold**, [links](https://…). Everything else, HTML included, is text.
 * What it means, without a browser; widget/dom.js makes elements of it.
 *
 * @typedef {{text: string} | {bold: Span[]} | {label: string, href: string}} Span
 * @typedef {{type: "p" | "ul" | "ol", lines: Span[][]}} Block
 */

const INLINE = /\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g;
const BULLET = /^\s*[-*]\s+/;
const NUMBER = /^\s*\d{1,2}[.)]\s+/;

/**
 * @param {string} text
 * @returns {Block[]} a link that a visitor must not follow is only its words
 */
export function parseMarkdown(text) {
  /** @type {Block[]} */
  const blocks = [];
  let current = /** @type {Block | null} */ (null);
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const type = BULLET.test(line) ? "ul" : NUMBER.test(line) ? "ol" : "p";
    if (!line.trim()) {
      current = null;
    } else {
      if (current?.type !== type) blocks.push((current = { type, lines: [] }));
      current.lines.push(spansOf(line.replace(type === "ul" ? BULLET : type === "ol" ? NUMBER : /^\s+/, "").trimEnd()));
    }
  }
  return blocks;
}

/**
 * The same text as a screen reader should say it and as it is copied: words only.
 * @param {string} text
 * @param {{line?: string, item?: string, block?: string}} [between] what stands between lines, items and blocks
 */
export function plainText(text, { line = " ", item = ", ", block = " " } = {}) {
  return parseMarkdown(text)
    .map(({ type, lines }) => lines.map(wordsOf).join(type === "p" ? line : item))
    .join(block);
}

/**
 * The address if a visitor may be sent there, else null.
 * @param {string} address
 * @param {string[]} [schemes]
 */
export function safeHref(address, schemes = ["http:", "https:", "tel:", "mailto:"]) {
  const cleaned = /^\s*tel:/i.test(address) ? address.replace(/[^\w:+*#]/g, "") : address.trim();
  try {
    return schemes.includes(new URL(cleaned).protocol) ? cleaned : null;
  } catch {
    return null;
  }
}

/**
 * @param {Span[]} spans
 * @returns {string}
 */
function wordsOf(spans) {
  return spans.map((span) => ("text" in span ? span.text : "bold" in span ? wordsOf(span.bold) : span.label)).join("");
}

/**
 * @param {string} text
 * @returns {Span[]}
 */
function spansOf(text) {
  /** @type {Span[]} */
  const spans = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    spans.push({ text: text.slice(end, found.index) });
    end = found.index + found[0].length;
    const [, bold, label, address] = found;
    const href = address === undefined ? null : safeHref(address);
    if (bold !== undefined) spans.push({ bold: spansOf(bold) });
    else spans.push(href ? { label, href } : { text: label });
  }
  spans.push({ text: text.slice(end) });
  return spans.filter((span) => !("text" in span) || span.text);
}
