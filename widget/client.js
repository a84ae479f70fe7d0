/**
 * What the widget asks of the gateway, and what it remembers: the token of the conversation, and the emergency
 * card if that was the last reply; for this tab, and only once the visitor has said something.
 */

const WAIT_MS = 20_000;
const PAUSE_MS = 800;
/** Answers that mean: this conversation cannot be gone on with. */
const GONE = [401, 403, 404];

/** An answer of the gateway that is an error; `message` is a sentence for the visitor. */
export class Refusal extends Error {
  constructor(status, error) {
    super(error?.message ?? "");
    this.status = status;
    this.code = error?.code ?? "";
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
  /**
   * From one "new conversation" to the next. What is on its way keeps the visit that it began with, so that
   * nothing said before is said again, or remembered, after the visitor has left it behind.
   * @type {{session: {id: string, token: string, alarm?: object} | null, opening?: Promise<object>, isEnding?: boolean}}
   */
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

  /** The reply that was an emergency card, if the last one was: `{id, messages}`; the gateway's own is in no transcript. */
  get alarm() {
    return this.#visit.session?.alarm ?? null;
  }

  /** Remember such a reply, or that another came after it. */
  keepAlarm(alarm) {
    const { session } = this.#visit;
    if (!session || (!alarm && !session.alarm)) return;
    session.alarm = alarm ?? undefined;
    this.#store();
  }

  /**
   * Say something. A lost connection is tried once more, with the same id, so that nothing is said twice.
   * @param {{text?: string, choice?: string}} said
   * @param {string} id
   * @returns {Promise<object[]>} the reply's messages
   */
  async say(said, id) {
    const visit = this.#visit;
    const { session } = visit;
    try {
      return await this.#sayOnce(visit, said, id);
    } catch (problem) {
      if (problem instanceof Offline) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      else if (session && GONE.includes(problem.status)) this.#drop(visit, session);
      else throw problem;
      if (visit !== this.#visit || visit.isEnding) throw problem;
    }
    return this.#sayOnce(visit, said, id);
  }

  /** What has been said so far; null when the conversation is no longer kept. */
  async transcript() {
    const visit = this.#visit;
    const { session } = visit;
    try {
      return (await this.#ask(session, "GET", "")).turns;
    } catch (problem) {
      if (!GONE.includes(problem.status)) throw problem;
      this.#drop(visit, session);
      return null;
    }
  }

  /** Erase the conversation on the server. */
  async erase() {
    const visit = this.#visit;
    const { session } = visit;
    // What is still on its way may hear of the erasure first, and must not be said again elsewhere.
    visit.isEnding = true;
    try {
      if (session) await this.#ask(session, "DELETE", "");
    } catch (problem) {
      if (problem.status !== 404) {
        visit.isEnding = false;
        throw problem;
      }
    }
    if (visit === this.#visit) this.forget();
  }

  /** Say whether an answer helped. */
  async feedback(topic, helpful) {
    await this.#ask(this.#visit.session, "POST", "/feedback", { topic, helpful });
  }

  /** Leave the conversation behind. */
  forget() {
    this.#visit = { session: null };
    this.#store();
  }

  async #sayOnce(visit, said, id) {
    const session = visit.session ?? (await this.#open(visit));
    if (visit !== this.#visit) throw new Offline("left");
    return (await this.#ask(session, "POST", "/messages", { client_message_id: id, ...said })).messages;
  }

  /** Messages sent at the same time wait for one opening. */
  async #open(visit) {
    visit.opening ??= this.#fetch("POST", "conversations", {});
    try {
      const { id, token } = await visit.opening;
      visit.session ??= { id, token };
      if (visit === this.#visit) this.#store();
    } finally {
      visit.opening = undefined;
    }
    return visit.session;
  }

  #drop(visit, session) {
    if (visit.session !== session) return;
    visit.session = null;
    if (visit === this.#visit) this.#store();
  }

  #ask({ id, token }, method, path, body) {
    return this.#fetch(method, `conversations/${id}${path}`, body, { Authorization: `Bearer ${token}` });
  }

  async #fetch(method, path, body, headers = {}) {
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
      if (!response) throw new Offline(problem.name);
    }
    if (!response.ok || answer === null) throw new Refusal(response.status, answer?.error);
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

  #recall() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#key));
      return kept?.id && kept?.token ? kept : null;
    } catch {
      return null;
    }
  }
}
