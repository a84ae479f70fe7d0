/**
 * The chat window: opening and closing, where the focus goes, and the form below the log.
 * On a wide screen the page around it stays usable; on a phone it fills the screen and is modal.
 */

import { Client } from "./client.js";
import { Conversation } from "./conversation.js";
import { h, icon, link, safeHref, spoken } from "./dom.js";
import { plainText, renderMarkdown } from "./markdown.js";
import { PANEL_STYLE } from "./style.js";

const FULL_SCREEN = matchMedia("(max-width: 600px), (max-height: 500px)");
const TOUCH = matchMedia("(pointer: coarse)");

function roundButton(name, label, onclick) {
  return h("button", { type: "button", class: "round", title: label, onclick }, icon(name), spoken(label));
}

export class Panel {
  #config;
  #client;
  #dialog;
  #title;
  #input;
  #hint;
  #live;
  #footer;
  #erase;
  #booking;
  #conversation;
  #restored = false;

  /** @param {{root: ShadowRoot, gateway: string, config: object, onClose: () => void}} parts */
  constructor({ root, gateway, config, onClose }) {
    this.#config = config;
    this.#client = new Client(gateway);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(PANEL_STYLE);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    const log = h("ol", { class: "log", tabindex: "0", role: "list", "aria-label": config.strings.log });
    this.#live = h("div", { class: "spoken", role: "status", "aria-live": "polite" });
    this.#dialog = h(
      "dialog",
      { class: "panel", "aria-labelledby": "title", onkeydown: (event) => this.#keydown(event), onclose: onClose },
      this.#header(),
      log,
      this.#form(),
      this.#footerRow(),
      this.#live,
    );
    root.append(this.#dialog);
    this.#conversation = new Conversation({ client: this.#client, config, log, announce: (text) => this.#say(text), changed: () => this.#refresh() });
    globalThis.visualViewport?.addEventListener("resize", () => this.#fitKeyboard());
    this.#refresh();
  }

  async open() {
    if (this.#dialog.open) return;
    if (FULL_SCREEN.matches) this.#dialog.showModal();
    else this.#dialog.show();
    // On a touch screen the keyboard would cover what there is to read.
    (TOUCH.matches ? this.#title : this.#input).focus();
    if (!this.#restored) {
      this.#restored = true;
      await this.#conversation.restore();
      this.#refresh();
    }
  }

  close() {
    if (this.#dialog.open) this.#dialog.close();
  }

  #header() {
    const { strings } = this.#config;
    this.#title = h("h2", { id: "title", tabindex: "-1" }, strings.title || strings.subtitle);
    this.#erase = roundButton("erase", strings.erase, () => this.#askToErase());
    return h(
      "div",
      { class: "head" },
      h("div", { class: "names" }, this.#title, h("p", {}, strings.subtitle)),
      this.#erase,
      roundButton("fresh", strings.new_conversation, () => this.#startAnew(strings.new_conversation_done)),
      roundButton("close", strings.close, () => this.close()),
    );
  }

  #form() {
    const { strings } = this.#config;
    const urgent = renderMarkdown(this.#config.emergency_line);
    this.#hint = h("div", { id: "hint", class: "hint", hidden: true }, h("p", {}, strings.too_long), urgent);
    this.#input = h("textarea", {
      id: "input",
      rows: "1",
      placeholder: strings.placeholder,
      autocomplete: "off",
      enterkeyhint: "send",
      "aria-describedby": "hint",
      oninput: () => this.#checkInput(),
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          this.#submit();
        }
      },
    });
    return h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          this.#submit();
        },
      },
      h("label", { class: "spoken", for: "input" }, strings.input),
      this.#hint,
      h("div", { class: "field" }, this.#input, h("button", { type: "submit", class: "round send", title: strings.send }, icon("send"), spoken(strings.send))),
    );
  }

  #footerRow() {
    const { strings, phone_href: phone, booking_url: booking } = this.#config;
    const words = () => h("span", { class: "withicon" }, icon("calendar"), strings.book);
    this.#booking = booking && safeHref(booking) ? link(safeHref(booking), words(), strings.external) : null;
    this.#footer = h(
      "div",
      { class: "footer" },
      phone && safeHref(phone) ? h("a", { href: safeHref(phone) }, icon("phone"), strings.call) : null,
      this.#booking,
    );
    return this.#footer;
  }

  #submit() {
    const text = this.#input.value.trim();
    if (!this.#checkInput()) return;
    if (!text) {
      this.#input.focus();
      return;
    }
    this.#input.value = "";
    this.#checkInput();
    this.#conversation.sendText(text);
  }

  /** Grow with the text, and say when it is too much. */
  #checkInput() {
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight + 2, 140)}px`;
    const isTooLong = [...this.#input.value].length > this.#config.limits.message_characters;
    if (isTooLong && this.#hint.hidden) this.#say(`${this.#config.strings.too_long} ${plainText(this.#config.emergency_line)}`);
    this.#hint.hidden = !isTooLong;
    this.#input.setAttribute("aria-invalid", String(isTooLong));
    return !isTooLong;
  }

  #refresh() {
    this.#erase.hidden = !this.#client.hasConversation;
    if (this.#booking) this.#booking.hidden = this.#conversation.isAlarmed;
    // A button that was clicked and is spent leaves the focus nowhere; bring it back into the window.
    const root = this.#dialog.getRootNode();
    if (this.#dialog.open && (!root.activeElement || root.activeElement.disabled)) this.#focusAfterChoice();
  }

  #focusAfterChoice() {
    const lastSaid = [...this.#dialog.querySelectorAll(".turn.visitor")].at(-1);
    (TOUCH.matches && lastSaid ? lastSaid : this.#input).focus({ preventScroll: true });
  }

  #startAnew(sentence) {
    this.#conversation.clear();
    this.#conversation.note(sentence);
    this.#say(sentence);
    this.#refresh();
    this.#focusAfterChoice();
  }

  #askToErase() {
    if (this.#footer.classList.contains("asking")) return;
    const { strings } = this.#config;
    const before = [...this.#footer.children];
    const restore = () => {
      this.#footer.replaceChildren(...before);
      this.#footer.classList.remove("asking");
    };
    const yes = async () => {
      try {
        await this.#client.erase();
      } catch (problem) {
        restore();
        this.#conversation.note(problem.message || strings.offline);
        this.#say(problem.message || strings.offline);
        this.#erase.focus();
        return;
      }
      restore();
      this.#startAnew(strings.erased);
    };
    const no = () => {
      restore();
      this.#erase.focus();
    };
    const keep = h("button", { type: "button", class: "small", onclick: no }, strings.erase_no);
    this.#footer.replaceChildren(
      h("span", { id: "ask" }, strings.erase_confirm),
      h("button", { type: "button", class: "small strong", "aria-describedby": "ask", onclick: yes }, strings.erase_yes),
      keep,
    );
    this.#footer.classList.add("asking");
    keep.setAttribute("aria-describedby", "ask");
    keep.focus();
  }

  #keydown(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  /** Each announcement is a new node, so that the same words are said again and old ones are not. */
  #say(text) {
    this.#live.replaceChildren(h("p", {}, text));
  }

  /** Keep the form above the keyboard of a phone. */
  #fitKeyboard() {
    const { height, offsetTop } = globalThis.visualViewport;
    this.#dialog.style.setProperty("--viewport-height", `${height}px`);
    this.#dialog.style.setProperty("--viewport-top", `${offsetTop}px`);
  }
}
