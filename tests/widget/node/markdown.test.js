import assert from "node:assert/strict";
import { test } from "node:test";

import { parseMarkdown, plainText, safeHref } from "../../../widget/markdown.js";

test("paragraphs, lists, bold words and links are told apart", () => {
  const text = "Call **now**\nor [write](mailto:a@b.c)\n\n- one\n- two\n\n1. first";

  assert.deepEqual(parseMarkdown(text), [
    { type: "p", lines: [[{ text: "Call " }, { bold: [{ text: "now" }] }], [{ text: "or " }, { label: "write", href: "mailto:a@b.c" }]] },
    { type: "ul", lines: [[{ text: "one" }], [{ text: "two" }]] },
    { type: "ol", lines: [[{ text: "first" }]] },
  ]);
});

test("Markdown that is broken off is text as it stands", () => {
  for (const text of ["**open", "[open](https://", "[x](", "](y)", "****", "[]()"]) assert.equal(plainText(text), text);
});

test("no text of any shape raises, and none is lost but its marks", () => {
  const pieces = ["*", "**", "[", "]", "(", ")", "- ", "1. ", "\n", "\n\n", "a", " ", "https://a.b", "\\", "\u0000", "<b>"];
  let seed = 7;
  const next = () => (seed = (seed * 16807) % 2147483647);
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from({ length: 12 }, () => pieces[next() % pieces.length]).join("");
    const said = plainText(text);
    for (const letter of said.replace(/, /g, "")) assert.ok(text.includes(letter) || letter === " ", JSON.stringify(text));
  }
});

test("plain text has words only", () => {
  assert.equal(plainText("**Call [988](tel:988)** now.\nOr:\n\n- a\n- b"), "Call 988 now. Or: a, b");
  assert.equal(plainText("a\n\n- b\n- c", { line: "\n", item: "\n", block: "\n" }), "a\nb\nc");
});

test("a visitor is sent to websites, phones and mail only", () => {
  assert.equal(safeHref("https://clinic.example/a?b=c"), "https://clinic.example/a?b=c");
  assert.equal(safeHref("tel:+1 503 555-0142"), "tel:+15035550142");
  for (const address of ["javascript:alert(1)", " JaVaScRiPt:x", "java\nscript:x", "data:text/html,x", "vbscript:x", "//x", "x", ""]) {
    assert.equal(safeHref(address), null, address);
  }
  assert.equal(safeHref("sms:988"), null);
  assert.equal(safeHref("sms:988", ["sms:"]), "sms:988");
});
