/**
 * <clinic-chat>: a button that opens the clinic's chat.
 *
 * This file is all that a page loads at first. The chat itself (widget/panel.js) comes with the first
 * click, and nothing is stored or said to the server about a conversation before that.
 * Attributes: docs/reference/wire.md.
 */

const BASE = new URL(".", import.meta.url).href;

const STYLE = `
  :host { all: initial; --accent: #0b5f58; position: fixed; z-index: 2147483000;
    inset: auto max(16px, env(safe-area-inset-right)) max(16px, env(safe-area-inset-bottom)) auto;
    font: 400 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
  :host([hidden]), [hidden] { display: none !important; }
  .launcher { display: inline-flex; align-items: center; gap: 10px; min-height: 52px; padding: 0 22px 0 18px;
    border: 1px solid rgb(255 255 255 / .35); border-radius: 26px; background: var(--accent); color: #fff; cursor: pointer;
    font: inherit; font-weight: 600; box-shadow: 0 6px 24px rgb(8 40 37 / .28); }
  .launcher:hover { filter: brightness(1.1); }
  .launcher:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #1d2b2a; }
  .launcher[aria-busy="true"] { cursor: progress; }
  .launcher svg { width: 24px; height: 24px; flex: none; }
  .fallback { max-width: min(320px, calc(100vw - 32px)); box-sizing: border-box; padding: 14px 18px; border: 1px solid #7c8a88;
    border-radius: 16px; background: #fff; color: #1d2b2a; box-shadow: 0 6px 24px rgb(8 40 37 / .28); }
  .fallback a, .fallback ::slotted(a) { display: inline-block; min-height: 24px; color: #0b5f58; font-weight: 600; }
  .fallback p { margin: 0 0 6px; }
  @media (prefers-reduced-motion: no-preference) { .launcher { transition: filter .15s; } }
  @media (forced-colors: active) { .launcher, .fallback { border: 2px solid ButtonText; } }
  @media print { :host { display: none; } }
`;

const ICON = "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z";

/** A colour that white text can be read on, or null. */
export function readableAccent(colour) {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour ?? "");
  if (!found) return null;
  const [r, g, b] = found.slice(1).map((part) => {
    const value = parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) >= 5 ? colour : null;
}

class ClinicChat extends HTMLElement {
  #root = null;
  #launcher = null;
  #label = null;
  #fallback = null;
  #config = null;
  #panel = null;

  connectedCallback() {
    if (this.#root) return;
    this.#root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const accent = readableAccent(this.getAttribute("accent"));
    if (accent) sheet.insertRule(`:host { --accent: ${accent}; }`, sheet.cssRules.length);
    this.#root.adoptedStyleSheets = [sheet];
    this.#build();
    const label = this.getAttribute("label");
    if (label) this.#name(label);
    else this.#loadConfig().then((config) => this.#name(config.strings.launcher), () => this.#fail(null));
  }

  /** Open the chat, as a click on the button does. */
  async open() {
    if (this.#launcher.getAttribute("aria-busy") === "true") return;
    this.#launcher.setAttribute("aria-busy", "true");
    try {
      if (!this.#panel) {
        const [{ Panel }, config] = await Promise.all([import(`${BASE}widget/panel.js`), this.#loadConfig()]);
        this.#panel = new Panel({ root: this.#root, gateway: this.#gateway, config, onClose: () => this.#closed() });
      }
      this.#fallback.hidden = true;
      this.#launcher.hidden = true;
      await this.#panel.open();
    } catch {
      this.#fail(this.#config);
    } finally {
      this.#launcher.removeAttribute("aria-busy");
    }
  }

  /** Close the chat. */
  close() {
    this.#panel?.close();
  }

  get #gateway() {
    return new URL(this.getAttribute("gateway") ?? BASE, document.baseURI).href.replace(/\/*$/, "/");
  }

  async #loadConfig() {
    if (!this.#config) {
      const response = await fetch(`${this.#gateway}v1/config`, { credentials: "omit", signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(`config ${response.status}`);
      this.#config = await response.json();
    }
    return this.#config;
  }

  #build() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(svg.namespaceURI, "path");
    path.setAttribute("d", ICON);
    path.setAttribute("fill", "currentColor");
    svg.append(path);
    this.#label = document.createElement("span");
    this.#launcher = document.createElement("button");
    this.#launcher.type = "button";
    this.#launcher.className = "launcher";
    this.#launcher.setAttribute("aria-haspopup", "dialog");
    this.#launcher.hidden = true;
    this.#launcher.append(svg, this.#label);
    this.#launcher.addEventListener("click", () => this.open());
    this.#fallback = document.createElement("div");
    this.#fallback.className = "fallback";
    this.#fallback.hidden = true;
    this.#root.append(this.#launcher, this.#fallback);
  }

  #name(label) {
    this.#label.textContent = label;
    this.#launcher.hidden = false;
  }

  /** Without a chat there is still a phone number: from the configuration, the attributes, or the page's own words. */
  #fail(config) {
    const links = [
      [config?.phone ?? this.getAttribute("phone"), (phone) => `tel:${phone.replace(/[^\d+*#]/g, "")}`, config?.strings.call],
      [config?.booking_url ?? this.getAttribute("booking-url"), (url) => url, config?.strings.book],
    ];
    this.#fallback.replaceChildren();
    if (config) this.#addLine(document.createTextNode(config.strings.failed));
    for (const [value, href, text] of links) {
      if (!value || !/^(tel:|https?:)/.test(href(value))) continue;
      const link = document.createElement("a");
      link.href = href(value);
      link.textContent = text || value;
      this.#addLine(link);
    }
    this.#fallback.append(document.createElement("slot"));
    this.#fallback.setAttribute("role", "status");
    this.#fallback.hidden = false;
    this.#launcher.hidden = !this.#label.textContent;
  }

  #addLine(node) {
    const line = document.createElement("p");
    line.append(node);
    this.#fallback.append(line);
  }

  #closed() {
    this.#launcher.hidden = false;
    this.#launcher.focus();
  }
}

if (!customElements.get("clinic-chat")) customElements.define("clinic-chat", ClinicChat);
