/** The form below the log: what the visitor types, how long it may be, and sending it. */

import { h, icon, renderMarkdown, spoken } from "./dom.js";
import { plainText } from "./markdown.js";

const MOST_HEIGHT = 140;

export class Composer {
  element;
  #config;
  #announce;
  #send;
  #hint;
  #input;

  /**
   * @param {{config: import("./types.js").Config, announce: (text: string) => void, send: (text: string) => void}} parts
   */
  constructor({ config, announce, send }) {
    const { strings } = config;
    this.#config = config;
    this.#announce = announce;
    this.#send = send;
    this.#hint = h("div", { id: "hint", class: "hint", hidden: true }, h("p", {}, strings.too_long), renderMarkdown(config.emergency_line));
    this.#input = h("textarea", {
      id: "input",
      part: "input",
      rows: "1",
      dir: "auto",
      placeholder: strings.placeholder,
      autocomplete: "off",
      enterkeyhint: "send",
      "aria-describedby": "hint",
      oninput: () => this.#check(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submit(event);
      },
    });
    const sender = h("button", { type: "submit", class: "round send", part: "send", title: strings.send }, icon("send"), spoken(strings.send));
    this.element = h(
      "form",
      { onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      h("label", { class: "spoken", for: "input" }, strings.input),
      this.#hint,
      h("div", { class: "field" }, this.#input, sender),
    );
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.#input.focus(options);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    if (!this.#check()) return;
    if (!text) {
      this.focus();
      return;
    }
    this.#input.value = "";
    this.#check();
    this.#send(text);
  }

  /** Grow with the text, and say when it is too much. */
  #check() {
    const { strings, limits, emergency_line: urgent } = this.#config;
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight + 2, MOST_HEIGHT)}px`;
    const isTooLong = [...this.#input.value].length > limits.message_characters;
    if (isTooLong && this.#hint.hidden) this.#announce(`${strings.too_long} ${plainText(urgent)}`);
    this.#hint.hidden = !isTooLong;
    this.#input.setAttribute("aria-invalid", String(isTooLong));
    return !isTooLong;
  }
}
