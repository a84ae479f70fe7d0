/**
 * The log of one conversation: what was said by whom, what is on its way, and what did not arrive.
 * Knows the client and the log element; knows nothing about the window around them.
 */

import { Offline, messageId } from "./client.js";
import { h, icon, link, safeHref, spoken } from "./dom.js";
import { actionLinks, choiceButtons, renderMessage, spokenReply } from "./messages.js";
import { renderMarkdown } from "./markdown.js";

const STILL_THINKING_MS = 2000;

function isAlarm(messages) {
  return messages.some((message) => message.type === "emergency");
}

export class Conversation {
  /** Whether the last reply was an emergency card: nothing may invite to book beside it. */
  isAlarmed = false;
  #client;
  #config;
  #log;
  #announce;
  #changed;
  #queue = Promise.resolve();
  #waiting = 0;
  #typing = null;
  #epoch = 0;

  /**
   * @param {{client: object, config: object, log: HTMLElement, announce: (text: string) => void, changed: () => void}} parts
   *   `changed` is called when something was said, so that the window can tidy up.
   */
  constructor({ client, config, log, announce, changed }) {
    this.#client = client;
    this.#config = config;
    this.#log = log;
    this.#announce = announce;
    this.#changed = changed;
    this.#showIntroduction();
  }

  /** Show what was said before the page was loaded again. */
  async restore() {
    if (!this.#client.hasConversation) return;
    const turns = (await this.#client.transcript().catch(() => null)) ?? [];
    // The welcome is in the introduction already.
    for (const turn of turns.slice(turns.findIndex((each) => each.from === "visitor"))) {
      if (turn.from === "visitor") {
        this.#showVisitor(turn.text);
      } else {
        this.isAlarmed = isAlarm(turn.messages);
        this.#showReply(turn.messages, { isOld: true });
      }
    }
    this.#scrollToEnd();
  }

  /** Send typed text. */
  sendText(text) {
    this.#send({ text }, text);
  }

  /** Start again with an empty log. */
  clear() {
    this.#epoch += 1;
    this.#waiting = 0;
    this.isAlarmed = false;
    this.#queue = Promise.resolve();
    this.#typing = null;
    this.#client.forget();
    this.#log.replaceChildren();
    this.#showIntroduction();
  }

  /** Show a sentence of the window itself. */
  note(text) {
    this.#log.append(h("li", { class: "note" }, text));
    this.#scrollToEnd();
  }

  #send(said, words) {
    this.#spendChoices();
    const turn = this.#showVisitor(words);
    this.#enqueue({ said, id: messageId(), turn });
    this.#changed();
  }

  #enqueue(entry) {
    const epoch = this.#epoch;
    this.#waiting += 1;
    this.#showTyping();
    this.#queue = this.#queue.then(() => (epoch === this.#epoch ? this.#deliver(entry, epoch) : undefined));
  }

  async #deliver(entry, epoch) {
    const slow = setTimeout(() => this.#showSlow(), STILL_THINKING_MS);
    let outcome;
    try {
      const messages = await this.#client.say(entry.said, entry.id);
      this.isAlarmed = isAlarm(messages);
      outcome = () => this.#showReply(messages);
    } catch (problem) {
      outcome = () => this.#showProblem(entry, problem);
    } finally {
      clearTimeout(slow);
    }
    if (epoch !== this.#epoch) return;
    this.#waiting -= 1;
    this.#hideTyping();
    this.#changed();
    outcome();
    if (this.#waiting) this.#showTyping();
  }

  #showIntroduction() {
    const config = this.#config;
    const strings = config.strings;
    const privacyHref = config.privacy_url && safeHref(config.privacy_url);
    const notice = h(
      "div",
      { class: "notice" },
      icon("info"),
      h(
        "div",
        {},
        h("p", {}, config.disclosure),
        h("p", {}, config.privacy, privacyHref ? " " : null, privacyHref ? link(privacyHref, strings.privacy_link, strings.external) : null),
        config.emergency_line ? h("div", { class: "urgent" }, renderMarkdown(config.emergency_line)) : null,
      ),
    );
    const starters = config.starters.map(({ title, text }) => ({ id: text, title }));
    const choose = ({ id }) => this.#send({ text: id }, id);
    this.#log.append(
      h("li", { class: "turn introduction" }, notice, h("div", { class: "bubble" }, renderMarkdown(config.greeting)), choiceButtons(starters, { choose })),
    );
  }

  #showVisitor(words) {
    const turn = h("li", { class: "turn visitor", tabindex: "-1" }, h("div", { class: "bubble" }, spoken(`${this.#config.strings.you}: `), words));
    this.#log.append(turn);
    this.#scrollToEnd();
    return turn;
  }

  #showReply(messages, { isOld = false } = {}) {
    const { strings } = this.#config;
    const around = { config: this.#config, choose: (choice) => this.#send({ choice: choice.id }, choice.title) };
    this.#spendChoices();
    const shown = messages.map((message, index) => renderMessage(message, around, messages[index - 1]));
    const topic = messages.findLast((message) => message.topic)?.topic;
    const turn = h("li", { class: "turn assistant" }, spoken(`${strings.assistant}: `), ...shown, topic && !isOld ? this.#feedback(topic) : null);
    this.#log.append(turn);
    if (isOld) return;
    this.#announce(`${strings.assistant}: ${spokenReply(messages, this.#config)}`);
    this.#scrollTo(turn);
  }

  #showProblem(entry, problem) {
    const { strings } = this.#config;
    const sentence = problem instanceof Offline ? strings.offline : problem.message || strings.offline;
    // What the gateway refused, it would refuse again; only haste and absence pass.
    const isFinal = problem.status >= 400 && problem.status < 500 && problem.status !== 429;
    const retry = isFinal ? null : h("button", { type: "button", class: "choice retry" }, strings.retry);
    const phone = this.#config.phone_href && safeHref(this.#config.phone_href);
    const row = h(
      "li",
      { class: "turn assistant problem" },
      h(
        "div",
        { class: "bubble" },
        h("p", {}, h("strong", {}, strings.not_sent), " ", sentence),
        problem instanceof Offline ? renderMarkdown(this.#config.emergency_line) : null,
        problem instanceof Offline ? actionLinks(this.#config.emergency.actions, this.#config) : null,
        h("div", { class: "actions" }, retry, phone ? h("a", { class: "action quiet", href: phone }, strings.call) : null),
      ),
    );
    retry?.addEventListener("click", () => {
      row.remove();
      entry.turn.classList.remove("unsent");
      entry.turn.focus();
      this.#enqueue(entry);
    });
    entry.turn.classList.add("unsent");
    entry.turn.after(row);
    this.#announce(`${strings.not_sent} ${sentence}`);
    this.#scrollTo(row);
  }

  #feedback(topic) {
    const { strings } = this.#config;
    const row = h("div", { class: "feedback", role: "group", "aria-label": strings.helpful }, h("span", {}, strings.helpful));
    const give = async (helpful) => {
      row.replaceChildren(h("span", { tabindex: "-1" }, strings.helpful_thanks));
      row.firstChild.focus();
      this.#announce(strings.helpful_thanks);
      await this.#client.feedback(topic, helpful).catch(() => undefined);
    };
    row.append(
      h("button", { type: "button", onclick: () => give(true) }, strings.helpful_yes),
      h("button", { type: "button", onclick: () => give(false) }, strings.helpful_no),
    );
    return row;
  }

  #showTyping() {
    this.#hideTyping();
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    this.#typing = h("li", { class: "turn assistant typing" }, h("div", { class: "bubble" }, dots, spoken(this.#config.strings.typing)));
    this.#log.append(this.#typing);
    this.#scrollToEnd();
  }

  #showSlow() {
    this.#typing?.firstChild.append(h("span", { class: "slow" }, this.#config.strings.still_thinking));
    this.#announce(this.#config.strings.still_thinking);
    this.#scrollToEnd();
  }

  #hideTyping() {
    this.#typing?.remove();
    this.#typing = null;
  }

  /** Only what was offered last can be chosen; the questions to start with have done their work. */
  #spendChoices() {
    this.#log.querySelector(".introduction .choices")?.remove();
    for (const button of this.#log.querySelectorAll(".choices button:not(:disabled)")) button.disabled = true;
  }

  #scrollToEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** A long answer is read from its start, with the question still in view. */
  #scrollTo(turn) {
    const question = turn.previousElementSibling ?? turn;
    this.#log.scrollTop = question.offsetTop - 12;
  }
}
