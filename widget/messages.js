/**
 * What a reply says: which of the gateway's messages can be shown, and how they are said and copied in plain words.
 * Works without a browser.
 *
 * @typedef {import("./types.js").Config} Config
 * @typedef {import("./types.js").Message} Message
 */

import { plainText } from "./markdown.js";

/** Titles that a screen reader says before it is enough; the buttons are there to be read one by one. */
const SAID_TITLES = 10;

/**
 * What each type of message must hold; widget/bubbles.js shows it.
 * @type {Record<string, (message: any) => boolean>}
 */
const SHAPES = {
  text: ({ text }) => isText(text) && Boolean(text.trim()),
  choices: ({ text, choices }) => isText(text) && isList(choices, "id", "title"),
  openings: ({ text, openings }) => isText(text) && isList(openings, "id", "label"),
  summary: ({ rows, choices }) => isList(rows, "label", "value") && isList(choices, "id", "title"),
  emergency: ({ text, actions }) => isText(text) && isList(actions, "label", "href"),
};

/**
 * The messages that can be shown: a type that this version does not know is left out, and so is what has another shape.
 * @param {unknown} messages
 * @returns {Message[]}
 */
export function readMessages(messages) {
  if (!Array.isArray(messages)) return [];
  return messages.filter((message) => Object.hasOwn(SHAPES, message?.type) && SHAPES[message.type](message));
}

/**
 * The turns of a transcript that can be shown.
 * @param {unknown} turns
 * @returns {import("./types.js").Turn[]}
 */
export function readTurns(turns) {
  if (!Array.isArray(turns)) return [];
  return turns.flatMap((turn) => {
    if (turn?.from === "visitor") return isText(turn.text) ? [turn] : [];
    const messages = readMessages(turn?.messages);
    return messages.length ? [{ from: "assistant", messages }] : [];
  });
}

/**
 * Whether a reply is about an emergency.
 * @param {Message[]} messages
 */
export function isAlarm(messages) {
  return messages.some((message) => message.type === "emergency");
}

/**
 * What a screen reader says for a reply: once, in plain words.
 * @param {Message[]} messages
 * @param {Config} config
 */
export function spokenReply(messages, config) {
  return messages
    .map((message, index) => {
      const titles = titlesOf(message);
      return [
        labelOf(message, messages[index - 1], config),
        "text" in message ? plainText(message.text) : message.rows.map(({ label, value }) => `${label}: ${value}.`).join(" "),
        message.type === "emergency" ? message.actions.map(({ label }) => `${label}.`).join(" ") : "",
        titles.length ? `${countOf(titles.length, config.strings)} ${titles.slice(0, SAID_TITLES).join(", ")}.` : "",
      ]
        .filter(Boolean)
        .join(" ");
    })
    .filter(Boolean)
    .join(" ");
}

/**
 * A reply as it is copied and printed: a line for each thing, without what can be pressed.
 * @param {Message[]} messages
 * @param {Config} config
 */
export function writtenReply(messages, config) {
  return messages
    .flatMap((message, index) => [
      labelOf(message, messages[index - 1], config),
      "text" in message
        ? plainText(message.text, { line: "\n", item: "\n", block: "\n" })
        : message.rows.map(({ label, value }) => `${label}: ${value}`).join("\n"),
      message.type === "emergency" ? message.actions.map(({ label, href }) => `${label} (${href})`).join("\n") : "",
    ])
    .filter(Boolean)
    .join("\n");
}

/**
 * How many things there are to choose from, in words.
 * @param {number} number
 * @param {import("./types.js").Strings} strings
 */
export function countOf(number, strings) {
  return number === 1 ? strings.choices_one : strings.choices_many.replace("{n}", String(number));
}

/**
 * Whether a message's label need not be said again.
 * @param {Message} message
 * @param {Message | undefined} previous the one just before
 */
export function isSameKind(message, previous) {
  return message.type === "text" && previous?.type === "text" && message.kind === previous.kind && message.topic === previous.topic;
}

/**
 * @param {Message} message
 * @param {Message | undefined} previous
 * @param {Config} config
 */
function labelOf(message, previous, config) {
  const label = message.type === "text" && config.kinds[message.kind ?? ""];
  return label && !isSameKind(message, previous) ? `${label}:` : "";
}

/** @param {Message} message */
function titlesOf(message) {
  if (message.type === "openings") return message.openings.map(({ label }) => label);
  return "choices" in message ? message.choices.map(({ title }) => title) : [];
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === "string";
}

/**
 * @param {unknown} list
 * @param {...string} keys
 */
function isList(list, ...keys) {
  return Array.isArray(list) && list.every((item) => keys.every((key) => isText(item?.[key])));
}
