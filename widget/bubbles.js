/**
 * Each message of /v1 as elements.
 *
 * @typedef {import("./types.js").Config} Config
 * @typedef {import("./types.js").Choice} Choice
 * @typedef {import("./types.js").Message} Message
 * @typedef {{config: Config, choose: (choice: Choice) => void}} Surroundings
 */

import { h, icon, link, renderMarkdown } from "./dom.js";
import { safeHref } from "./markdown.js";
import { countOf, isSameKind } from "./messages.js";

const ACTION_SCHEMES = ["http:", "https:", "tel:", "sms:", "mailto:"];

/**
 * @param {Message} message
 * @param {Surroundings} around
 * @param {Message} [previous] the message shown just before, whose label need not be repeated
 * @returns {HTMLElement}
 */
export function renderMessage(message, around, previous) {
  const { config } = around;
  const { strings } = config;
  switch (message.type) {
    case "text": {
      const label = config.kinds[message.kind ?? ""];
      // Answers are in the language of the first catalogue, whatever the window speaks.
      return bubble(
        { class: `bubble ${label ? `kind-${message.kind}` : ""}`, part: "answer", lang: label && config.language !== "en" && "en" },
        label && !isSameKind(message, previous) && h("p", { class: "kind", lang: config.language }, label),
        renderMarkdown(message.text, strings.external),
      );
    }
    case "choices":
      return offer(message.text && bubble({}, renderMarkdown(message.text, strings.external)), choiceButtons(message.choices, around));
    case "openings": {
      const openings = message.openings.map(({ id, label }) => ({ id, title: label }));
      return offer(message.text && bubble({}, renderMarkdown(message.text, strings.external)), choiceButtons(openings, around, "openings"));
    }
    case "summary": {
      const rows = message.rows.map(({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, value)));
      return offer(h("dl", { class: "bubble summary", part: "answer" }, ...rows), choiceButtons(message.choices, around));
    }
    case "emergency":
      return bubble(
        { class: `bubble emergency tier-${message.tier === "doctor" ? "doctor" : "high"}`, part: "emergency" },
        icon("alert"),
        h("div", {}, renderMarkdown(message.text, strings.external), actionLinks(message.actions, config)),
      );
  }
}

/**
 * The large links of an emergency card.
 * @param {import("./types.js").Action[]} actions
 * @param {Config} config
 */
export function actionLinks(actions, config) {
  const links = actions.flatMap(({ label, href }) => {
    const safe = safeHref(href, ACTION_SCHEMES);
    return safe ? [link(safe, label, config.strings.external, { class: "action" })] : [];
  });
  return links.length ? h("div", { class: "actions" }, ...links) : null;
}

/**
 * Buttons that send a choice.
 * @param {Choice[]} choices
 * @param {Surroundings} around
 * @param {string} [className]
 */
export function choiceButtons(choices, { config, choose }, className = "") {
  if (!choices.length) return null;
  const group = h("div", { class: `choices ${className}`, role: "group", "aria-label": countOf(choices.length, config.strings) });
  for (const choice of choices) {
    group.append(h("button", { type: "button", class: "choice", part: "choice", dir: "auto", onclick: () => choose(choice) }, choice.title));
  }
  return group;
}

/**
 * Words in a frame; they run in their own direction, which need not be the page's.
 * @param {Record<string, any>} properties
 * @param {...import("./dom.js").Child} children
 */
export function bubble(properties, ...children) {
  return h("div", { class: "bubble", part: "answer", dir: "auto", ...properties }, ...children);
}

/** @param {...import("./dom.js").Child} children */
function offer(...children) {
  return h("div", { class: "offer" }, ...children);
}
