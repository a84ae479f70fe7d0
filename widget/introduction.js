/** What stands above the first message: what the assistant is, what not to write, where to turn in an emergency, and questions to start with. */

import { bubble, choiceButtons } from "./bubbles.js";
import { h, icon, link, renderMarkdown } from "./dom.js";
import { safeHref } from "./markdown.js";
import { startersFor } from "./starters.js";

/**
 * @param {import("./types.js").Config} config
 * @param {string} page path of the page that the visitor reads
 * @param {(text: string) => void} ask sends a question as if it had been typed
 */
export function renderIntroduction(config, page, ask) {
  const { strings } = config;
  const privacyHref = config.privacy_url && safeHref(config.privacy_url);
  const notice = h(
    "div",
    { class: "notice" },
    icon("info"),
    h(
      "div",
      {},
      h("p", {}, config.disclosure),
      h("p", {}, config.privacy, privacyHref && " ", privacyHref && link(privacyHref, strings.privacy_link, strings.external)),
      config.emergency_line && h("div", { class: "urgent" }, renderMarkdown(config.emergency_line)),
    ),
  );
  const starters = startersFor(config.starters, page).map(({ title, text }) => ({ id: text, title }));
  const choices = choiceButtons(starters, { config, choose: ({ id }) => ask(id) });
  return h("li", { class: "turn introduction" }, notice, bubble({}, renderMarkdown(config.greeting)), choices);
}
