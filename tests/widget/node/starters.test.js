import assert from "node:assert/strict";
import { test } from "node:test";

import { startersFor } from "../../../widget/starters.js";

const of = (/** @type {string} */ title, /** @type {string[]} */ ...pages) => (pages.length ? { title, text: title, pages } : { title, text: title });
const ALL = [of("a"), of("b"), of("prices", "/prices", "*/fees/*"), of("c"), of("d"), of("e")];
const titles = (/** @type {string} */ path) => startersFor(ALL, path).map(({ title }) => title);

test("those for the page come first and four are enough", () => {
  assert.deepEqual(titles("/prices"), ["prices", "a", "b", "c"]);
  assert.deepEqual(titles("/Prices/"), ["prices", "a", "b", "c"]);
  assert.deepEqual(titles("/en/fees/2026"), ["prices", "a", "b", "c"]);
});

test("those for another page are not offered", () => {
  for (const path of ["/", "/prices/old", "/fees", ""]) assert.deepEqual(titles(path), ["a", "b", "c", "d"]);
});

test("a star stands for anything and every other character for itself", () => {
  const [odd] = [of("odd", "/a.b(c)*")];
  assert.equal(startersFor([odd], "/a.b(c)d").length, 1);
  assert.equal(startersFor([odd], "/aXb(c)d").length, 0);
});
