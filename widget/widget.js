/**
 * <clinic-chat>: a button that opens the clinic's chat. All that a page loads at first; the chat itself comes with the
 * first click, and nothing is stored or said to the server before that. The contract is in docs/widget.md.
 *
 * @typedef {{strings: Record<string, {launcher: string, failed: string, book: string}>, links: [string, string][], css: string,
 *   version: string}} Clinic what the gateway knows of the clinic when it serves this file; `links` are
 *   addresses with their words, where it has words of its own; `css` is its theme
 */

const CLINIC = /** @type {Clinic} */ ({});

// Important, because a page's own rules for all elements would otherwise reach this one.
const STYLE = /* css */ `
  :host {
    all: initial !important;
    position: fixed !important;
    z-index: 2147483000 !important;
    inset-block: auto max(var(--clinic-chat-bottom, 16px), env(safe-area-inset-bottom)) !important;
    inset-inline: var(--at, auto var(--edge)) !important;
    font: 16px/1.5 var(--clinic-chat-font, var(--font, system-ui, sans-serif)) !important;
    --edge: max(var(--clinic-chat-edge, 16px), env(safe-area-inset-left), env(safe-area-inset-right));
    --ground: var(--clinic-chat-accent, var(--accent, #0b5f58));
    --words: var(--clinic-chat-on-accent, var(--on-accent, #fff));
  }
  :host([hidden]), [hidden] { display: none !important; }
  :host > button, :host > div {
    padding: 12px 22px;
    border: 2px solid #0000;
    border-radius: 28px;
    box-shadow: 0 4px 24px #0826254d;
    font: inherit;
    color: var(--words);
    background: var(--ground);
  }
  :host > button { display: flex; gap: 10px; align-items: center; min-height: 52px; font-weight: 600; cursor: pointer; }
  :host > button::before { content: ""; width: 15px; height: 10px; border: 2px solid; border-radius: 6px 6px 6px 0; }
  :host > button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #1d2b2a; }
  [aria-busy] { cursor: progress; }
  :host > div { max-width: 260px; color: #1d2b2a; background: #fff; }
  :host > div a, ::slotted(a) { display: block; padding: 4px 0; color: inherit; }
  @media print { :host { display: none !important; } }
`;

/** @param {string} colour as a browser computes it: rgb(11, 95, 88); of anything else, see-through ones too, it is not a number */
function luminance(colour) {
  const parts = colour.split(/[(,)]/);
  return [0.2126, 0.7152, 0.0722].reduce(
    (sum, weight, index) => {
      const value = +parts[index + 1] / 255;
      return sum + weight * (value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92);
    },
    parts[0] === "rgb" ? 0.05 : NaN,
  );
}

/**
 * Whether words can be read on the ground they stand on: a contrast of 4.5 as WCAG reckons it.
 * @param {Element} element
 */
function isReadable(element) {
  const { color, backgroundColor } = getComputedStyle(element);
  const ratio = luminance(color) / luminance(backgroundColor);
  return ratio >= 4.5 || 1 / ratio >= 4.5;
}

/** Where this file came from; site builders may load it as a plain script, which does not find its neighbours by itself. */
const HERE = /** @type {HTMLScriptElement | null} */ (document.currentScript)?.src.replace(/[^/]*$/, "") ?? "./";

class ClinicChat extends HTMLElement {
  static isClinics = true;
  #root = this.attachShadow({ mode: "open" });
  #sheet = new CSSStyleSheet();
  #button = document.createElement("button");
  #fallback = document.createElement("div");
  /** @type {import("./panel.js").Panel | undefined} */
  #panel;
  #failures = "";
  #language = "en";

  connectedCallback() {
    if (added !== this) added?.remove();
    if (this.#button.isConnected) return;
    const tag = this.closest("[lang]")?.getAttribute("lang")?.slice(0, 2).toLowerCase() ?? "";
    if (CLINIC.strings[tag]) this.#language = tag;
    this.#sheet.replaceSync(STYLE + CLINIC.css);
    this.#root.adoptedStyleSheets = [this.#sheet];
    this.#button.lang = this.#language;
    this.#button.setAttribute("part", "launcher");
    this.#button.textContent = this.getAttribute("label") ?? this.#strings.launcher;
    this.#button.onclick = () => this.open();
    this.#fallback.setAttribute("role", "status");
    this.#fallback.hidden = true;
    this.#root.append(this.#button, this.#fallback);
    this.#refuseUnreadable();
  }

  /** Whether the chat window is open. */
  get isOpen() {
    return !!this.#panel?.isOpen;
  }

  /** Open the chat, as a click on the button does. */
  async open() {
    if (this.#button.ariaBusy) return;
    this.#button.ariaBusy = "true";
    this.#refuseUnreadable();
    try {
      const panel = (this.#panel ??= await this.#load());
      this.#fallback.hidden = this.#button.hidden = true;
      await panel.open();
    } catch {
      // With another address the browser asks again instead of remembering that there was nothing.
      this.#failures += "&";
      this.#showFallback();
    }
    this.#button.ariaBusy = null;
  }

  /** Close the chat. */
  close() {
    this.#panel?.close();
  }

  get #strings() {
    return CLINIC.strings[this.#language];
  }

  async #load() {
    const { Panel } = await import(HERE + `widget/panel.${this.#language}.js?v=${CLINIC.version}${this.#failures}`);
    return new Panel({ host: this, root: this.#root, launcher: this.#button, isReadable });
  }

  /** The page's own colours may be any. */
  #refuseUnreadable() {
    if (isReadable(this.#button)) return;
    console.warn(`<clinic-chat>: accent and on-accent need a contrast of 4.5; the chat shows its own colors`);
    this.#sheet.insertRule(":host{--ground:#0b5f58;--words:#fff}", this.#sheet.cssRules.length);
  }

  /** Without a chat there are still a phone number, a booking page, and the page's own words. */
  #showFallback() {
    const links = CLINIC.links.map(([href, text]) => Object.assign(document.createElement("a"), { href, textContent: text || this.#strings.book }));
    this.#fallback.replaceChildren(this.#strings.failed, ...links, document.createElement("slot"));
    this.#fallback.hidden = this.#button.hidden = false;
  }
}

/**
 * The element that this file adds by itself to a page without one.
 * @type {Element | undefined}
 */
let added;

function start() {
  const taken = customElements.get("clinic-chat");
  if (taken && "isClinics" in taken) return;
  // Somebody else's element may have the name.
  const name = taken ? "frontdesk-chat" : "clinic-chat";
  customElements.define(name, ClinicChat);
  if (!document.querySelector(name)) document.body.append((added = document.createElement(name)));
}

if (document.body) start();
else addEventListener("DOMContentLoaded", start);
