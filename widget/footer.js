/** The line at the bottom: how to reach the clinic, or a question that must be answered first. */

import { h, icon, link } from "./dom.js";
import { safeHref } from "./markdown.js";

export class Footer {
  element;
  #booking;

  /** @param {import("./types.js").Config} config */
  constructor({ strings, phone_href: phone, booking_url: booking }) {
    const safePhone = phone && safeHref(phone);
    const safeBooking = booking && safeHref(booking);
    this.#booking = safeBooking ? link(safeBooking, h("span", {}, icon("calendar"), strings.book), strings.external) : null;
    this.element = h("div", { class: "footer" }, safePhone && h("a", { href: safePhone }, icon("phone"), strings.call), this.#booking);
  }

  /** Whether the booking page is offered. */
  set invitesToBook(/** @type {boolean} */ isOffered) {
    if (this.#booking) this.#booking.hidden = !isOffered;
  }

  /**
   * Ask something, with the focus on "no".
   * @param {string} question
   * @param {string} yes
   * @param {string} no
   * @returns {Promise<boolean>}
   */
  ask(question, yes, no) {
    const { element } = this;
    if (element.classList.contains("asking")) return Promise.resolve(false);
    const before = [...element.children];
    return new Promise((resolve) => {
      const button = (/** @type {string} */ label, /** @type {boolean} */ answer) => {
        const decide = () => {
          element.replaceChildren(...before);
          element.classList.remove("asking");
          resolve(answer);
        };
        return h("button", { type: "button", class: answer ? "small strong" : "small", "aria-describedby": "ask", onclick: decide }, label);
      };
      const keep = button(no, false);
      element.replaceChildren(h("span", { id: "ask" }, question), button(yes, true), keep);
      element.classList.add("asking");
      keep.focus();
    });
  }
}
