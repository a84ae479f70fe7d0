/** What stands under a question that did not arrive: why, how to send it again, and where to turn meanwhile. */

import { actionLinks, bubble } from "./bubbles.js";
import { h, link, renderMarkdown } from "./dom.js";
import { safeHref } from "./markdown.js";

/**
 * @param {import("./types.js").Config} config
 * @param {string} sentence what went wrong
 * @param {(() => void) | null} again sends it once more; null when that is of no use
 */
export function renderProblem(config, sentence, again) {
  const { strings } = config;
  const phone = config.phone_href && safeHref(config.phone_href);
  return h(
    "li",
    { class: "turn assistant problem" },
    bubble(
      {},
      h("p", {}, h("strong", {}, strings.not_sent), " ", sentence),
      again && renderMarkdown(config.emergency_line),
      again && actionLinks(config.emergency.actions, config),
      h(
        "div",
        { class: "actions" },
        again && h("button", { type: "button", class: "choice retry", onclick: again }, strings.retry),
        phone && link(phone, strings.call, "", { class: "action quiet" }),
      ),
    ),
  );
}
