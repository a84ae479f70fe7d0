/**
 * Each message of /v1 as the visitor sees it, and as a screen reader says it.
 *
 * @typedef {{id: string, title: string}} Choice
 * @typedef {{type: "text", text: string, kind?: string, topic?: string}
 *   | {type: "choices", text: string, choices: Choice[]}
 *   | {type: "openings", text: string, openings: {id: string, start: string, label: string}[]}
 *   | {type: "summary", rows: {label: string, value: string}[], choices: Choice[]}
 *   | {type: "emergency", tier: string, text: string, actions: {label: string, href: string}[]}} Message
 * @typedef {{config: object, choose: (choice: Choice) => void}} Surroundings
 */

import { h, icon, link, safeHref } from "./dom.js";
import { plainText, renderMarkdown } from "./markdown.js";

const ACTION_SCHEMES = ["http:", "https:", "tel:", "sms:", "mailto:"];

const RENDERERS = {
  text: (message, { config }, previous) => {
    const label = config.kinds[message.kind];
    const isRepeat = previous?.kind === message.kind && previous?.topic === message.topic;
    return h(
      "div",
      { class: `bubble ${label ? `kind-${message.kind}` : ""}` },
      label && !isRepeat ? h("p", { class: "kind" }, label) : null,
      renderMarkdown(message.text, config.strings.external),
    );
  },
  choices: (message, around) =>
    h(
      "div",
      { class: "offer" },
      message.text ? h("div", { class: "bubble" }, renderMarkdown(message.text, around.config.strings.external)) : null,
      choiceButtons(message.choices, around),
    ),
  openings: (message, around) =>
    h(
      "div",
      { class: "offer" },
      message.text ? h("div", { class: "bubble" }, renderMarkdown(message.text, around.config.strings.external)) : null,
      choiceButtons(message.openings.map(({ id, label }) => ({ id, title: label })), around, "openings"),
    ),
  summary: (message, around) =>
    h(
      "div",
      { class: "offer" },
      h("dl", { class: "bubble summary" }, ...message.rows.map(({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, value)))),
      choiceButtons(message.choices, around),
    ),
  emergency: (message, { config }) =>
    h(
      "div",
      { class: `bubble emergency tier-${message.tier}` },
      icon("alert"),
      h("div", {}, renderMarkdown(message.text, config.strings.external), actionLinks(message.actions, config)),
    ),
};

/**
 * @param {Message} message
 * @param {Surroundings} around
 * @param {Message} [previous] the message shown just before, whose label need not be repeated
 * @returns {HTMLElement|null} null for a type that this version does not know
 */
export function renderMessage(message, around, previous) {
  return RENDERERS[message.type]?.(message, around, previous) ?? null;
}

/** The large links of an emergency card. */
export function actionLinks(actions, config) {
  const links = actions.flatMap(({ label, href }) => {
    const safe = safeHref(href, ACTION_SCHEMES);
    return safe ? [link(safe, label, config.strings.external, { class: "action" })] : [];
  });
  return links.length ? h("div", { class: "actions" }, ...links) : null;
}

/** Buttons that send a choice; all of a group are spent with the first click. */
export function choiceButtons(choices, { choose }, className = "") {
  const group = h("div", { class: `choices ${className}`, role: "group" });
  for (const choice of choices) group.append(h("button", { type: "button", class: "choice", onclick: () => choose(choice) }, choice.title));
  return group;
}

/** What a screen reader says for a reply: once, in plain words. */
export function spokenReply(messages, config) {
  return messages
    .map((message, index) => {
      const offered = (message.choices ?? message.openings ?? []).map(({ title, label }) => title ?? label);
      const isRepeat = messages[index - 1]?.kind === message.kind;
      return [
        config.kinds[message.kind] && !isRepeat ? `${config.kinds[message.kind]}:` : "",
        message.text ? plainText(message.text) : "",
        (message.rows ?? []).map(({ label, value }) => `${label}: ${value}.`).join(" "),
        (message.actions ?? []).map(({ label }) => `${label}.`).join(" "),
        offered.length ? `${countOf(offered.length, config.strings)} ${offered.join(", ")}.` : "",
      ]
        .filter(Boolean)
        .join(" ");
    })
    .join(" ");
}

function countOf(number, strings) {
  return number === 1 ? strings.choices_one : strings.choices_many.replace("{n}", String(number));
}
