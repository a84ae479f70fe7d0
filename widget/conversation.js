/**
 * The log of one conversation: what was said by whom, what is on its way, and what did not arrive.
 * Knows the client and the log element; knows nothing about the window around them.
 *
 * @typedef {import("./types.js").Config} Config
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Turn} Turn
 * @typedef {{said: import("./client.js").Said, id: string, turn: HTMLElement, number: number, problem?: HTMLElement}} Entry
 */

import { bubble, renderMessage } from "./bubbles.js";
import { Offline, Refusal, messageId } from "./client.js";
import { h, spoken } from "./dom.js";
import { renderFeedback } from "./feedback.js";
import { renderIntroduction } from "./introduction.js";
import { isAlarm, spokenReply, writtenReply } from "./messages.js";
import { renderProblem } from "./problem.js";

const STILL_THINKING_MS = 2000;

/**
 * The turns with the emergency card that was the last reply: the server's transcript may lack it, or the message too.
 * @param {Turn[]} turns
 * @param {import("./client.js").Alarm | null} alarm
 * @returns {Turn[]}
 */
function withAlarm(turns, alarm) {
  if (!alarm?.messages.length) return turns;
  /** @type {Turn} */
  const card = { from: "assistant", messages: alarm.messages };
  const asked = turns.findIndex((turn) => turn.from === "visitor" && turn.client_message_id === alarm.id);
  return asked < 0 ? [...turns, card] : [...turns.slice(0, asked + 1), card];
}

export class Conversation {
  /** Whether the last reply was an emergency card: nothing may invite to book beside it. */
  isAlarmed = false;
  #client;
  #config;
  #log;
  #page;
  #announce;
  #changed;
  #answered;
  #waiting = 0;
  /** @type {HTMLElement | null} */
  #typing = null;
  #epoch = 0;
  #sent = 0;
  #shown = 0;
  /** Ids of all messages of the visitor that are in the log, from this tab or another. */
  #ids = new Set();
  /**
   * What was lost on the way and goes out again when the connection is back.
   * @type {Set<Entry>}
   */
  #unsent = new Set();
  /**
   * What each row says, for copying.
   * @type {WeakMap<Element, string>}
   */
  #written = new WeakMap();

  /**
   * @param {{client: import("./client.js").Client, config: Config, log: HTMLElement, page: string, announce: (text: string) => void,
   *   changed: () => void, answered: () => void}} parts
   *   `page` is the path of the page around the chat; `changed` is called when something was said, so that the window can
   *   tidy up, and `answered` when a reply is there.
   */
  constructor({ client, config, log, page, announce, changed, answered }) {
    this.#client = client;
    this.#config = config;
    this.#log = log;
    this.#page = page;
    this.#announce = announce;
    this.#changed = changed;
    this.#answered = answered;
    this.#showIntroduction();
  }

  /** Show what was said before the page was loaded. */
  async restore() {
    const epoch = this.#epoch;
    const { alarm } = this.#client;
    const turns = (await this.#client.transcript().catch(() => null)) ?? [];
    if (epoch !== this.#epoch) return;
    const old = withAlarm(this.#turnsBefore(turns), alarm);
    const rows = old.map((turn) => this.#oldRow(turn));
    this.#log.querySelector(".introduction")?.after(...rows);
    if (rows.length) this.#spendChoices(this.#sent ? null : rows[rows.length - 1]);
    const last = old.findLast((turn) => turn.from === "assistant");
    if (!this.#shown) this.isAlarmed = last?.from === "assistant" && isAlarm(last.messages);
    this.#scrollToEnd();
  }

  /** Show what was said in another tab since. */
  async catchUp() {
    if (this.#waiting || this.#unsent.size || !this.#client.hasConversation) return;
    const [epoch, sent] = [this.#epoch, this.#sent];
    const turns = await this.#client.transcript().catch(() => null);
    if (!turns || epoch !== this.#epoch || sent !== this.#sent) return;
    if (!turns.some((turn) => turn.from === "visitor" && turn.client_message_id && !this.#ids.has(turn.client_message_id))) return;
    const wasIn = this.#log.contains(/** @type {ShadowRoot} */ (this.#log.getRootNode()).activeElement);
    this.#clearLog();
    this.#ids.clear();
    this.#shown = 0;
    await this.restore();
    if (wasIn) this.#log.focus();
    this.#changed();
  }

  /** Send once more what was lost on the way, in order. */
  resend() {
    for (const entry of [...this.#unsent].sort((one, other) => one.number - other.number)) this.#deliverAgain(entry);
  }

  /**
   * Send typed text.
   * @param {string} text
   */
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
    this.#unsent.clear();
    this.#client.forget();
    this.#clearLog();
  }

  /**
   * Show a sentence of the window itself.
   * @param {string} text
   */
  note(text) {
    this.#log.append(h("li", { class: "note" }, text));
    this.#scrollToEnd();
  }

  /** All that was said, in plain words; empty before the first message. */
  get text() {
    return [...this.#log.children].flatMap((row) => this.#written.get(row) ?? []).join("\n\n");
  }

  /**
   * What the visitor reads about something that went wrong.
   * @param {unknown} problem
   */
  sentenceFor(problem) {
    const { strings, errors } = this.#config;
    if (problem instanceof Refusal) return errors?.[problem.code] || problem.message || strings.offline;
    return navigator.onLine ? strings.offline : strings.no_connection;
  }

  /**
   * The turns without the welcome, which the introduction has, and without what was said while they were fetched.
   * @param {Turn[]} turns
   */
  #turnsBefore(turns) {
    const first = turns.findIndex((turn) => turn.from === "visitor");
    const news = turns.findIndex((turn) => turn.from === "visitor" && this.#ids.has(turn.client_message_id));
    return first < 0 ? [] : turns.slice(first, news < 0 ? undefined : news);
  }

  /** @param {Turn} turn */
  #oldRow(turn) {
    if (turn.from === "assistant") return this.#replyRow(turn.messages, false);
    this.#ids.add(turn.client_message_id);
    return this.#visitorRow(turn.text);
  }

  /**
   * @param {import("./client.js").Said} said
   * @param {string} words
   */
  #send(said, words) {
    this.#spendChoices();
    const turn = this.#visitorRow(words);
    this.#log.append(turn);
    this.#deliver({ said, id: messageId(), turn, number: 0 });
    this.#changed();
  }

  /**
   * Send at once, whatever else is on its way: the next words may be the ones that cannot wait.
   * The gateway keeps the order, and each reply is shown below what it answers.
   * @param {Entry} entry
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
    /** @type {unknown} */
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
    if (messages) this.#showReply(messages, entry);
    else this.#showProblem(entry, problem);
    if (this.#waiting) this.#showTyping();
    this.#changed();
  }

  /** @param {Entry} entry */
  #deliverAgain(entry) {
    this.#unsent.delete(entry);
    entry.problem?.remove();
    entry.turn.classList.remove("unsent");
    this.#deliver(entry);
  }

  #clearLog() {
    this.#log.replaceChildren();
    this.#showIntroduction();
  }

  #showIntroduction() {
    this.#log.append(renderIntroduction(this.#config, this.#page, (text) => this.sendText(text)));
  }

  /** @param {string} words */
  #visitorRow(words) {
    const { strings } = this.#config;
    const row = h("li", { class: "turn visitor", tabindex: "-1" }, bubble({ part: "question" }, spoken(`${strings.you}: `), words));
    this.#written.set(row, `${strings.you}: ${words}`);
    return row;
  }

  /**
   * @param {Message[]} messages
   * @param {boolean} asksBack whether the visitor is asked if the answers helped
   */
  #replyRow(messages, asksBack) {
    const { strings } = this.#config;
    /** @type {import("./bubbles.js").Surroundings} */
    const around = { config: this.#config, choose: (choice) => this.#send({ choice: choice.id }, choice.title) };
    const row = h("li", { class: "turn assistant" }, spoken(`${strings.assistant}: `));
    messages.forEach((message, index) => {
      row.append(renderMessage(message, around, messages[index - 1]));
      const topic = topicOf(message);
      if (asksBack && topic && topic !== topicOf(messages[index + 1])) row.append(this.#feedback(topic));
    });
    this.#written.set(row, `${strings.assistant}: ${writtenReply(messages, this.#config)}`);
    return row;
  }

  /**
   * @param {Message[]} messages
   * @param {Entry} entry
   */
  #showReply(messages, entry) {
    const row = this.#replyRow(messages, true);
    const isAlarming = isAlarm(messages);
    entry.turn.after(row);
    this.#answered();
    // A late answer takes its place above an emergency card, and takes nothing away from it.
    if (this.#isLate(entry) && !isAlarming) return;
    this.#shown = entry.number;
    this.isAlarmed = isAlarming;
    this.#client.keepAlarm(isAlarming ? { id: entry.id, messages } : null);
    this.#spendChoices(row);
    this.#announce(`${this.#config.strings.assistant}: ${spokenReply(messages, this.#config)}`);
    this.#scrollTo(row);
  }

  /** @param {Entry} entry */
  #isLate(entry) {
    return entry.number < this.#shown;
  }

  /**
   * @param {Entry} entry
   * @param {unknown} problem
   */
  #showProblem(entry, problem) {
    const { strings } = this.#config;
    const sentence = this.sentenceFor(problem);
    const again = () => {
      this.#deliverAgain(entry);
      entry.turn.focus();
    };
    entry.problem = renderProblem(this.#config, sentence, problem instanceof Refusal && problem.isFinal ? null : again);
    if (problem instanceof Offline) this.#unsent.add(entry);
    entry.turn.classList.add("unsent");
    entry.turn.after(entry.problem);
    if (this.#isLate(entry)) return;
    this.#announce(`${strings.not_sent} ${sentence}`);
    this.#scrollTo(entry.problem);
  }

  /** @param {string} topic */
  #feedback(topic) {
    const { strings } = this.#config;
    return renderFeedback(strings, (helpful) => {
      this.#announce(strings.helpful_thanks);
      this.#client.feedback(topic, helpful).catch(() => undefined);
    });
  }

  #showTyping() {
    this.#hideTyping();
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    this.#typing = h("li", { class: "turn assistant typing" }, bubble({}, dots, spoken(this.#config.strings.typing)));
    this.#log.append(this.#typing);
  }

  /** @param {number} epoch */
  #showSlow(epoch) {
    if (epoch !== this.#epoch) return;
    const { strings } = this.#config;
    this.#typing?.firstElementChild?.append(h("span", { class: "slow" }, strings.still_thinking));
    this.#announce(strings.still_thinking);
    this.#scrollToEnd();
  }

  #hideTyping() {
    this.#typing?.remove();
    this.#typing = null;
  }

  /**
   * Only what was offered last can be chosen; the questions to start with have done their work.
   * @param {HTMLElement | null} [except] the row whose choices are still on offer
   */
  #spendChoices(except = null) {
    this.#log.querySelector(".introduction .choices")?.remove();
    for (const button of this.#log.querySelectorAll(".choices button:enabled")) {
      /** @type {HTMLButtonElement} */ (button).disabled = !except?.contains(button);
    }
  }

  #scrollToEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /**
   * A long answer is read from its start, with the question still in view.
   * @param {HTMLElement} turn
   */
  #scrollTo(turn) {
    const question = /** @type {HTMLElement} */ (turn.previousElementSibling ?? turn);
    this.#log.scrollTop = question.offsetTop - 12;
  }
}

/** @param {Message | undefined} message */
function topicOf(message) {
  return message?.type === "text" ? message.topic : undefined;
}
