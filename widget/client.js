/**
 * What the widget asks of the gateway, and what it remembers: the token of the conversation, and the emergency
 * card if that was the last reply; for this tab, and only once the visitor has said something.
 *
 * @typedef {import("./types.js").Message} Message
 * @typedef {{id: string, messages: Message[]}} Alarm
 * @typedef {{id: string, token: string, alarm?: Alarm}} Session
 * @typedef {{text: string} | {choice: string}} Said
 *
 * @typedef {{session: Session | null, opening?: Promise<Session>, isEnding?: boolean}} Visit
 *   From one "new conversation" to the next. What is on its way keeps the visit that it began with, so that
 *   nothing said before is said again, or remembered, after the visitor has left it behind.
 */

import { readMessages, readTurns } from "./messages.js";

const WAIT_MS = 20_000;
const PAUSE_MS = 800;
/** Answers that mean: this conversation cannot be gone on with. */
const GONE = [401, 403, 404];

/** An answer of the gateway that is an error; `message` is a sentence for the visitor. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {any} [error]
   */
  constructor(status, error) {
    super(typeof error?.message === "string" ? error.message : "");
    this.status = status;
    this.code = String(error?.code ?? "");
  }

  /** Whether the same request would be refused again; only haste and absence pass. */
  get isFinal() {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }

  /** Whether the conversation is no longer there. */
  get isGone() {
    return GONE.includes(this.status);
  }
}

/** No answer at all. */
export class Offline extends Error {}

/** A new id for a message; a repeat of the message keeps it. */
export function messageId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Client {
  #base;
  #key;
  /** @type {Visit} */
  #visit;

  /** @param {string} base address of the gateway, with a slash at its end */
  constructor(base) {
    this.#base = `${base}v1/`;
    this.#key = `clinic-chat ${base}`;
    this.#visit = { session: this.#recall() };
  }

  /** Whether there is a conversation to come back to. */
  get hasConversation() {
    return this.#visit.session !== null;
  }

  /** The reply that was an emergency card, if the last one was; the gateway's own is in no transcript. */
  get alarm() {
    const alarm = this.#visit.session?.alarm;
    return alarm ? { id: alarm.id, messages: readMessages(alarm.messages) } : null;
  }

  /**
   * Remember such a reply, or that another came after it.
   * @param {Alarm | null} alarm
   */
  keepAlarm(alarm) {
    const { session } = this.#visit;
    if (!session || (!alarm && !session.alarm)) return;
    session.alarm = alarm ?? undefined;
    this.#store();
  }

  /**
   * Say something. A lost connection is tried once more, with the same id, so that nothing is said twice.
   * @param {Said} said
   * @param {string} id
   * @returns {Promise<Message[]>} the reply's messages, at least one
   */
  async say(said, id) {
    const visit = this.#visit;
    const { session } = visit;
    try {
      return await this.#sayOnce(visit, said, id);
    } catch (problem) {
      if (problem instanceof Offline) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      else if (session && problem instanceof Refusal && problem.isGone) this.#drop(visit, session);
      else throw problem;
      if (visit !== this.#visit || visit.isEnding) throw problem;
    }
    return this.#sayOnce(visit, said, id);
  }

  /** What has been said so far; null when the conversation is no longer kept. */
  async transcript() {
    const visit = this.#visit;
    const { session } = visit;
    if (!session) return null;
    try {
      return readTurns((await this.#ask(session, "GET", "")).turns);
    } catch (problem) {
      if (!(problem instanceof Refusal && problem.isGone)) throw problem;
      this.#drop(visit, session);
      return null;
    }
  }

  /**
   * Erase the conversation on the server.
   * @returns {Promise<import("./types.js").Receipt | null>} null when there was nothing to erase
   */
  async erase() {
    const visit = this.#visit;
    const { session } = visit;
    let receipt = null;
    // What is still on its way may hear of the erasure first, and must not be said again elsewhere.
    visit.isEnding = true;
    try {
      if (session) receipt = await this.#ask(session, "DELETE", "");
    } catch (problem) {
      if (!(problem instanceof Refusal && problem.status === 404)) {
        visit.isEnding = false;
        throw problem;
      }
    }
    if (visit === this.#visit) this.forget();
    return receipt;
  }

  /**
   * Say whether an answer helped.
   * @param {string} topic
   * @param {boolean} helpful
   */
  async feedback(topic, helpful) {
    const { session } = this.#visit;
    if (session) await this.#ask(session, "POST", "/feedback", { topic, helpful });
  }

  /** Leave the conversation behind. */
  forget() {
    this.#visit = { session: null };
    this.#store();
  }

  /**
   * @param {Visit} visit
   * @param {Said} said
   * @param {string} id
   */
  async #sayOnce(visit, said, id) {
    const session = visit.session ?? (await this.#open(visit));
    if (visit !== this.#visit) throw new Offline("left");
    const messages = readMessages((await this.#ask(session, "POST", "/messages", { client_message_id: id, ...said })).messages);
    if (!messages.length) throw new Refusal(200);
    return messages;
  }

  /**
   * Messages sent at the same time wait for one opening.
   * @param {Visit} visit
   */
  async #open(visit) {
    visit.opening ??= this.#fetch("POST", "conversations", {});
    try {
      const { id, token } = await visit.opening;
      if (typeof id !== "string" || typeof token !== "string") throw new Refusal(200);
      visit.session ??= { id, token };
      if (visit === this.#visit) this.#store();
      return visit.session;
    } finally {
      visit.opening = undefined;
    }
  }

  /**
   * @param {Visit} visit
   * @param {Session} session
   */
  #drop(visit, session) {
    if (visit.session !== session) return;
    visit.session = null;
    if (visit === this.#visit) this.#store();
  }

  /**
   * @param {Session} session
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  #ask({ id, token }, method, path, body) {
    return this.#fetch(method, `conversations/${encodeURIComponent(id)}${path}`, body, { Authorization: `Bearer ${token}` });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {Record<string, string>} [headers]
   * @returns {Promise<any>}
   */
  async #fetch(method, path, body, headers = {}) {
    /** @type {Response | undefined} */
    let response;
    let answer = null;
    try {
      response = await fetch(this.#base + path, {
        method,
        headers: body ? { ...headers, "Content-Type": "application/json" } : headers,
        body: body && JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "origin",
        signal: AbortSignal.timeout(WAIT_MS),
      });
      answer = response.status === 204 ? {} : await response.json();
    } catch (problem) {
      if (!response) throw new Offline(String(problem));
    }
    if (!response.ok || typeof answer !== "object" || answer === null) throw new Refusal(response.status, answer?.error);
    return answer;
  }

  #store() {
    const { session } = this.#visit;
    try {
      if (session) sessionStorage.setItem(this.#key, JSON.stringify(session));
      else sessionStorage.removeItem(this.#key);
    } catch {
      // Storage is switched off: the conversation lasts as long as the page.
    }
  }

  /** @returns {Session | null} */
  #recall() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#key) ?? "null");
      return kept?.id && kept?.token ? kept : null;
    } catch {
      return null;
    }
  }
}
