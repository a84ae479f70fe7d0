/** The button with three dots and what it opens: plain buttons, since a list of four needs no more. */

import { h, icon, spoken } from "./dom.js";

/** @typedef {{icon: string, label: string, isOffered: () => boolean, run: () => void}} Item */

export class Menu {
  element;
  #button;
  #list;
  #items;

  /**
   * @param {string} label
   * @param {Item[]} items `isOffered` is asked each time the list opens
   */
  constructor(label, items) {
    this.#items = items;
    this.#list = h("ul", { id: "menu", class: "menu", role: "list", hidden: true });
    this.#button = h(
      "button",
      { type: "button", class: "round", title: label, "aria-expanded": "false", "aria-controls": "menu", onclick: () => this.#toggle() },
      icon("more"),
      spoken(label),
    );
    this.element = h("div", { class: "more" }, this.#button, this.#list);
    this.element.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.element.contains(/** @type {Node} */ (event.relatedTarget))) this.#show(false);
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /** Close the list and bring the focus back to its button. */
  close() {
    this.#show(false);
    this.#button.focus();
  }

  #toggle() {
    if (this.isOpen) {
      this.close();
      return;
    }
    const rows = this.#items.filter((item) => item.isOffered()).map((item) => {
      const run = () => {
        this.close();
        item.run();
      };
      return h("li", {}, h("button", { type: "button", onclick: run }, icon(item.icon), item.label));
    });
    this.#list.replaceChildren(...rows);
    this.#show(true);
    this.#list.querySelector("button")?.focus();
  }

  /** @param {boolean} isShown */
  #show(isShown) {
    this.#list.hidden = !isShown;
    this.#button.setAttribute("aria-expanded", String(isShown));
  }
}
