import assert from "node:assert/strict";
import { test } from "node:test";

import { isAlarm, readMessages, readTurns, spokenReply, writtenReply } from "../../../widget/messages.js";

const CONFIG = { kinds: { article: "From our article" }, strings: { choices_one: "1 choice:", choices_many: "{n} choices:" } };
const choices = (/** @type {number} */ number) => Array.from({ length: number }, (_, index) => ({ id: `c${index}`, title: `T${index}` }));

test("what cannot be shown is left out and the rest stays", () => {
  const good = { type: "text", text: "Hello" };
  const bad = [null, 7, "text", [], {}, { type: "text" }, { type: "text", text: " " }, { type: "constructor" }, { type: "choices", text: "", choices: 7 }];

  assert.deepEqual(readMessages([...bad, good, { type: "choices", text: "", choices: [{ id: 1, title: "x" }] }]), [good]);
  for (const value of [undefined, null, {}, "x", 7]) assert.deepEqual(readMessages(value), []);
});

test("a turn without anything to show is no turn", () => {
  const turns = [{ from: "visitor", text: "hi" }, { from: "visitor" }, { from: "assistant", messages: [{ type: "hologram" }] }, null];

  assert.deepEqual(readTurns(turns), [{ from: "visitor", text: "hi" }]);
  assert.deepEqual(readTurns("nothing"), []);
});

test("a label is said once for neighbouring paragraphs of one kind and topic", () => {
  const of = (/** @type {string} */ text, /** @type {string} */ topic) => ({ type: "text", text, kind: "article", topic });

  assert.equal(spokenReply([of("a.", "x"), of("b.", "x"), of("c.", "y")], CONFIG), "From our article: a. b. From our article: c.");
});

test("choices are counted and a long list is not read to its end", () => {
  assert.equal(spokenReply([{ type: "choices", text: "Which?", choices: choices(1) }], CONFIG), "Which? 1 choice: T0.");
  const many = spokenReply([{ type: "choices", text: "", choices: choices(100) }], CONFIG);
  assert.ok(many.startsWith("100 choices: T0, ") && many.endsWith(" T9."), many);
});

test("a card is written with its numbers and a summary with its rows", () => {
  const card = { type: "emergency", tier: "crisis", text: "**Call**.", actions: [{ label: "Call 988", href: "tel:988" }] };
  const summary = { type: "summary", rows: [{ label: "Day", value: "Monday" }], choices: choices(1) };

  assert.equal(writtenReply([card, summary], CONFIG), "Call.\nCall 988 (tel:988)\nDay: Monday");
  assert.deepEqual([isAlarm([card]), isAlarm([summary])], [true, false]);
});
