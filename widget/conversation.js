/**
 * The log of one conversation: what was said by whom, what is on its way, and what did not arrive.
 * Knows the client and the log element; knows nothing about the window around them.
 */

import { Refusal, messageId } from "./client.js";
import { h, icon, link, safeHref, spoken } from "./dom.js";
import { actionLinks, choiceButtons, renderMessage, spokenReply } from "./messages.js";
import { renderMarkdown } from "./markdown.js";

const STILL_THINKING_MS = 2000;

function isAlarm(messages) {
  return messages.some((message) => message.type === "emergency");
}

/** The turns with the emergency card that was the last reply: the server's transcript may lack it, or the message too. */
function withAlarm(turns, alarm) {
  if (!alarm) return turns;
  const card = { from: "assistant", messages: alarm.messages };
  const asked = turns.findIndex((turn) => turn.client_message_id === alarm.id);
  return asked < 0 ? [...turns, card] : [...turns.slice(0, asked + 1), card];
}

export class Conversation {
  /** Whether the last reply was an emergency card: nothing may invite to book beside it. */
  isAlarmed = false;
  #client;
  #config;
  #log;
  #announce;
  #changed;
  #waiting = 0;
  #typing = null;
  #epoch = 0;
  #sent = 0;
  #shown = 0;
  #ids = new Set();

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
    const epoch = this.#epoch;
    const alarm = this.#client.alarm;
    const turns = (await this.#client.transcript().catch(() => null)) ?? [];
    if (epoch !== this.#epoch) return;
    const old = withAlarm(this.#turnsBefore(turns), alarm);
    const rows = old.flatMap((turn) => this.#oldRow(turn));
    this.#log.querySelector(".introduction").after(...rows);
    if (rows.length) this.#spendChoices({ except: this.#sent ? null : rows.at(-1) });
    const last = old.findLast((turn) => turn.from === "assistant");
    if (!this.#shown) this.isAlarmed = Boolean(last) && isAlarm(last.messages);
    this.#scrollToEnd();
  }

  /** The turns without the welcome, which the introduction has, and without what was said while they were fetched. */
  #turnsBefore(turns) {
    const first = turns.findIndex((turn) => turn.from === "visitor");
    const news = turns.findIndex((turn) => this.#ids.has(turn.client_message_id));
    return first < 0 ? [] : turns.slice(first, news < 0 ? undefined : news);
  }

  /** A row, or none for a turn that cannot be shown. */
  #oldRow(turn) {
    try {
      return [turn.from === "visitor" ? this.#visitorRow(turn.text) : this.#replyRow(turn.messages)];
    } catch {
      return [];
    }
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
    this.#typing = null;
    this.#sent = 0;
    this.#shown = 0;
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
    const turn = this.#visitorRow(words);
    this.#log.append(turn);
    this.#deliver({ said, id: messageId(), turn });
    this.#changed();
  }

  /**
   * Send at once, whatever else is on its way: the next words may be the ones that cannot wait.
   * The gateway keeps the order, and each reply is shown below what it answers.
   */
  async #deliver(entry) {
    const epoch = this.#epoch;
    entry.number = this.#sent += 1;
    this.#ids.add(entry.id);
    this.#waiting += 1;
    this.#showTyping();
    this.#scrollToEnd();
    const slow = setTimeout(() => this.#showSlow(epoch), STILL_THINKING_MS);
    let messages = null;
    let problem = null;
    try {
      messages = await this.#client.say(entry.said, entry.id);
    } catch (caught) {
      problem = caught;
    }
    clearTimeout(slow);
    if (epoch !== this.#epoch) return;
    this.#waiting -= 1;
    this.#hideTyping();
    try {
      if (messages) this.#showReply(messages, entry);
    } catch (caught) {
      // A reply that cannot be shown must not be the end of the chat.
      problem = caught;
    }
    if (problem) this.#showProblem(entry, problem);
    if (this.#waiting) this.#showTyping();
    this.#changed();
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

  #visitorRow(words) {
    return h("li", { class: "turn visitor", tabindex: "-1" }, h("div", { class: "bubble" }, spoken(`${this.#config.strings.you}: `), words));
  }

  #replyRow(messages, feedback = null) {
    const around = { config: this.#config, choose: (choice) => this.#send({ choice: choice.id }, choice.title) };
    const shown = messages.map((message, index) => renderMessage(message, around, messages[index - 1]));
    return h("li", { class: "turn assistant" }, spoken(`${this.#config.strings.assistant}: `), ...shown, feedback);
  }

  #showReply(messages, entry) {
    const topic = messages.findLast((message) => message.topic)?.topic;
    const row = this.#replyRow(messages, topic ? this.#feedback(topic) : null);
    const words = `${this.#config.strings.assistant}: ${spokenReply(messages, this.#config)}`;
    const isAlarming = isAlarm(messages);
    entry.turn.after(row);
    // A late answer takes its place above an emergency card, and takes nothing away from it.
    if (this.#isLate(entry) && !isAlarming) return;
    this.#shown = entry.number;
    this.isAlarmed = isAlarming;
    this.#client.keepAlarm(isAlarming ? { id: entry.id, messages } : null);
    this.#spendChoices({ except: row });
    this.#announce(words);
    this.#scrollTo(row);
  }

  #isLate(entry) {
    return entry.number < this.#shown;
  }

  #showProblem(entry, problem) {
    const { strings } = this.#config;
    const sentence = (problem instanceof Refusal && problem.message) || strings.offline;
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
        isFinal ? null : renderMarkdown(this.#config.emergency_line),
        isFinal ? null : actionLinks(this.#config.emergency.actions, this.#config),
        h("div", { class: "actions" }, retry, phone ? h("a", { class: "action quiet", href: phone }, strings.call) : null),
      ),
    );
    retry?.addEventListener("click", () => {
      row.remove();
      entry.turn.classList.remove("unsent");
      entry.turn.focus();
      this.#deliver(entry);
    });
    entry.turn.classList.add("unsent");
    entry.turn.after(row);
    if (this.#isLate(entry)) return;
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
  }

  #showSlow(epoch) {
    if (epoch !== this.#epoch) return;
    this.#typing?.firstChild.append(h("span", { class: "slow" }, this.#config.strings.still_thinking));
    this.#announce(this.#config.strings.still_thinking);
    this.#scrollToEnd();
  }

  #hideTyping() {
    this.#typing?.remove();
    this.#typing = null;
  }

  /** Only what was offered last can be chosen; the questions to start with have done their work. */
  #spendChoices({ except = null } = {}) {
    this.#log.querySelector(".introduction .choices")?.remove();
    for (const button of this.#log.querySelectorAll(".choices button:not(:disabled)")) button.disabled = !except?.contains(button);
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
