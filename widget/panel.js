/**
 * The chat window: opening and closing, where the focus goes, and what is around the log.
 * On a wide screen the page around it stays usable; on a phone it fills the screen and is modal.
 *
 * @typedef {import("./types.js").Config} Config
 */

import { Client } from "./client.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { h, icon, spoken } from "./dom.js";
import { Footer } from "./footer.js";
import { Menu } from "./menu.js";
import { printText } from "./printing.js";
import { PANEL_STYLE } from "./style.js";

/** What the gateway knows when it serves this file. */
const CONFIG = /** @type {Config} */ ({});

const FULL_SCREEN = matchMedia("(max-width: 600px), (max-height: 500px)");
const TOUCH = matchMedia("(pointer: coarse)");

export class Panel {
  #host;
  #launcher;
  #isReadable;
  #client;
  #conversation;
  #composer;
  #footer;
  #menu;
  /** @type {HTMLDialogElement} */
  #dialog;
  #title;
  #live;
  #restored = false;

  /**
   * @param {{host: HTMLElement, root: ShadowRoot, launcher: HTMLElement, isReadable: (element: Element) => boolean}} parts
   */
  constructor({ host, root, launcher, isReadable }) {
    const { strings } = CONFIG;
    this.#host = host;
    this.#launcher = launcher;
    this.#isReadable = isReadable;
    this.#client = new Client(new URL(host.getAttribute("gateway") ?? "..", import.meta.url).href.replace(/\/*$/, "/"));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(PANEL_STYLE);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    const announce = (/** @type {string} */ text) => this.#announce(text);
    const log = h("ol", { class: "log", part: "log", tabindex: "0", role: "list", "aria-label": strings.log });
    this.#live = h("div", { class: "spoken", role: "status", "aria-live": "polite" });
    this.#title = h("h2", { id: "title", tabindex: "-1" }, strings.title || strings.subtitle);
    this.#conversation = new Conversation({
      client: this.#client,
      config: CONFIG,
      log,
      page: host.getAttribute("page") ?? location.pathname,
      announce,
      changed: () => this.#refresh(),
      answered: () => this.#tell("answered"),
    });
    this.#composer = new Composer({ config: CONFIG, announce, send: (text) => this.#conversation.sendText(text) });
    this.#footer = new Footer(CONFIG);
    this.#menu = this.#makeMenu();
    this.#dialog = h(
      "dialog",
      {
        class: "panel",
        part: "panel",
        lang: CONFIG.language,
        dir: getComputedStyle(host).direction,
        "aria-labelledby": "title",
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keydown(event),
        onclick: (/** @type {Event} */ event) => this.#tellOfHandoff(event),
        onclose: () => this.#closed(),
      },
      h(
        "div",
        { class: "head", part: "header" },
        h("div", { class: "names" }, this.#title, h("p", {}, strings.subtitle)),
        this.#menu.element,
        h("button", { type: "button", class: "round", title: strings.close, onclick: () => this.close() }, icon("close"), spoken(strings.close)),
      ),
      log,
      this.#composer.element,
      this.#footer.element,
      this.#live,
      h("span", { class: "sample", hidden: true }),
    );
    root.append(this.#dialog);
    for (const name of ["resize", "scroll"]) globalThis.visualViewport?.addEventListener(name, () => this.#fitKeyboard());
    addEventListener("online", () => this.#conversation.resend());
    for (const name of ["focus", "pageshow"]) addEventListener(name, () => this.#conversation.catchUp());
    this.#refresh();
  }

  get isOpen() {
    return this.#dialog.open;
  }

  async open() {
    if (this.isOpen) return;
    if (FULL_SCREEN.matches) this.#dialog.showModal();
    else this.#dialog.show();
    this.#refuseUnreadable();
    // On a touch screen the keyboard would cover what there is to read.
    (TOUCH.matches ? this.#title : this.#composer).focus();
    this.#tell("opened");
    if (this.#restored) return;
    this.#restored = true;
    await this.#conversation.restore();
    this.#refresh();
  }

  close() {
    if (this.isOpen) this.#dialog.close();
  }

  /** @returns {Menu} */
  #makeMenu() {
    const { strings } = CONFIG;
    const hasWords = () => this.#conversation.text !== "";
    return new Menu(strings.menu, [
      { icon: "fresh", label: strings.new_conversation, isOffered: () => true, run: () => this.#startAnew([strings.new_conversation_done]) },
      { icon: "copy", label: strings.copy, isOffered: hasWords, run: () => this.#copy() },
      { icon: "print", label: strings.print, isOffered: hasWords, run: () => printText(this.#dialog, strings.title, this.#conversation.text) },
      { icon: "erase", label: strings.erase, isOffered: () => this.#client.hasConversation, run: () => this.#askToErase() },
    ]);
  }

  async #copy() {
    const { strings } = CONFIG;
    try {
      await navigator.clipboard.writeText(this.#conversation.text);
      this.#note([strings.copied]);
    } catch {
      this.#note([strings.copy_failed]);
    }
  }

  async #askToErase() {
    const { strings } = CONFIG;
    if (!(await this.#footer.ask(strings.erase_confirm, strings.erase_yes, strings.erase_no))) {
      this.#focusAfterChoice();
      return;
    }
    try {
      const receipt = await this.#client.erase();
      const when = new Date(receipt?.erased_at ?? 0).toLocaleString(CONFIG.language);
      this.#startAnew([strings.erased, ...(receipt ? [`${strings.receipt} ${receipt.id}, ${when}`] : [])]);
    } catch (problem) {
      this.#note([this.#conversation.sentenceFor(problem)]);
      this.#focusAfterChoice();
    }
  }

  /** @param {string[]} sentences */
  #startAnew(sentences) {
    this.#conversation.clear();
    this.#note(sentences);
    this.#refresh();
    this.#focusAfterChoice();
  }

  /** @param {string[]} sentences */
  #note(sentences) {
    for (const sentence of sentences) this.#conversation.note(sentence);
    this.#announce(sentences.join(" "));
  }

  #refresh() {
    this.#footer.invitesToBook = !this.#conversation.isAlarmed;
    // A button that was clicked and is spent leaves the focus nowhere; bring it back into the window.
    const focused = /** @type {ShadowRoot} */ (this.#dialog.getRootNode()).activeElement;
    if (this.isOpen && (!focused || focused.matches(":disabled"))) this.#focusAfterChoice();
  }

  #focusAfterChoice() {
    const lastSaid = [...this.#dialog.querySelectorAll(".turn.visitor")].at(-1);
    if (TOUCH.matches && lastSaid instanceof HTMLElement) lastSaid.focus({ preventScroll: true });
    else if (TOUCH.matches) this.#title.focus({ preventScroll: true });
    else this.#composer.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.#menu.isOpen) this.#menu.close();
    else this.close();
  }

  #closed() {
    this.#launcher.hidden = false;
    this.#launcher.focus();
    this.#tell("closed");
  }

  /**
   * Each announcement is a new node, so that the same words are said again and old ones are not.
   * @param {string} text
   */
  #announce(text) {
    this.#live.replaceChildren(h("p", {}, text));
  }

  /** The page's own colour for links may be any. */
  #refuseUnreadable() {
    const sample = /** @type {Element} */ (this.#dialog.querySelector(".sample"));
    if (this.#isReadable(sample)) return;
    console.warn(`<clinic-chat>: link needs a contrast of 4.5 to the chat's background; the chat shows its own color`);
    this.#dialog.classList.add("plain");
  }

  /**
   * Tell the page what happened, never what was said or what it was about.
   * @param {string} what
   * @param {object} [detail]
   */
  #tell(what, detail = {}) {
    this.#host.dispatchEvent(new CustomEvent(`chat-${what}`, { bubbles: true, composed: true, detail }));
  }

  /**
   * A link to a person or to the booking page; that somebody looks for help in an emergency is no business of the page.
   * @param {Event} event
   */
  #tellOfHandoff(event) {
    const found = event.target instanceof Element && event.target.closest("a");
    if (!found || found.closest(".emergency, .problem, .urgent, .hint")) return;
    const href = found.getAttribute("href") ?? "";
    if (href === CONFIG.phone_href) this.#tell("handoff", { to: "phone" });
    else if (href === CONFIG.booking_url) this.#tell("handoff", { to: "booking" });
  }

  /** Keep the form above the keyboard of a phone. */
  #fitKeyboard() {
    const { height = 0, offsetTop = 0 } = globalThis.visualViewport ?? {};
    this.#dialog.style.setProperty("--viewport-height", `${height}px`);
    this.#dialog.style.setProperty("--viewport-top", `${offsetTop}px`);
  }
}
