/**
 * What the widget asks of the gateway, and the one thing it remembers: the token of the conversation,
 * for this tab, and only once the visitor has said something.
 */

const WAIT_MS = 20_000;
const PAUSE_MS = 800;

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
  #session = null;

  /** @param {string} base address of the gateway, with a slash at its end */
  constructor(base) {
    this.#base = `${base}v1/`;
    this.#key = `clinic-chat ${base}`;
    this.#session = this.#recall();
  }

  /** Whether there is a conversation to come back to. */
  get hasConversation() {
    return this.#session !== null;
  }

  /**
   * Say something. A lost connection is tried once more, with the same id, so that nothing is said twice.
   * @param {{text?: string, choice?: string}} said
   * @param {string} id
   * @returns {Promise<object[]>} the reply's messages
   */
  async say(said, id) {
    const known = this.hasConversation;
    try {
      return await this.#sayOnce(said, id);
    } catch (problem) {
      if (problem instanceof Offline) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      else if (known && [401, 403, 404].includes(problem.status)) this.forget();
      else throw problem;
    }
    return this.#sayOnce(said, id);
  }

  /** What has been said so far; null when the conversation is no longer kept. */
  async transcript() {
    try {
      return (await this.#ask("GET", "")).turns;
    } catch (problem) {
      if (![401, 403, 404].includes(problem.status)) throw problem;
      this.forget();
      return null;
    }
  }

  /** Erase the conversation on the server. */
  async erase() {
    try {
      await this.#ask("DELETE", "");
    } catch (problem) {
      if (problem.status !== 404) throw problem;
    }
    this.forget();
  }

  /** Say whether an answer helped. */
  async feedback(topic, helpful) {
    await this.#ask("POST", "/feedback", { topic, helpful });
  }

  /** Leave the conversation behind. */
  forget() {
    this.#session = null;
    try {
      sessionStorage.removeItem(this.#key);
    } catch {
      // Storage is switched off, so there is nothing to remove.
    }
  }

  async #sayOnce(said, id) {
    if (!this.#session) this.#remember(await this.#fetch("POST", "conversations", {}));
    return (await this.#ask("POST", "/messages", { client_message_id: id, ...said })).messages;
  }

  #ask(method, path, body) {
    return this.#fetch(method, `conversations/${this.#session.id}${path}`, body, { Authorization: `Bearer ${this.#session.token}` });
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

  #remember({ id, token }) {
    this.#session = { id, token };
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.#session));
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
