/** Elements without innerHTML: text is always text. */

const ICONS = {
  close: "M6 6l12 12M18 6L6 18",
  erase: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  fresh: "M12 5v14M5 12h14",
  send: "M4 12l16-8-6 16-3-6z",
  phone: "M6 3h4l2 5-2.5 1.5a12 12 0 0 0 5 5L16 12l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  calendar: "M5 5h14v15H5zM5 10h14M9 3v4M15 3v4",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v6M12 7.5v.1",
  alert: "M12 4l9 16H3zM12 10v5M12 17.5v.1",
};

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, unknown>} properties attributes; `on…` adds a listener; false and null leave an attribute out
 * @param {...(Node|string|null|false|undefined)} children
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== false && child !== undefined && child !== ""));
  return element;
}

/** Make one of the icons; it says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" })) svg.setAttribute(key, value);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Make words that only a screen reader says. */
export function spoken(text) {
  return h("span", { class: "spoken" }, text);
}

/** The address if a visitor may be sent there, else null. */
export function safeHref(address, schemes = ["http:", "https:", "tel:", "mailto:"]) {
  const cleaned = /^\s*tel:/i.test(address) ? address.replace(/[^\w:+*#]/g, "") : address.trim();
  try {
    return schemes.includes(new URL(cleaned).protocol) ? cleaned : null;
  } catch {
    return null;
  }
}

/** Make a link; a website opens in a new tab and says so. */
export function link(href, label, newTabText, properties = {}) {
  const isWeb = /^https?:/i.test(href);
  const target = isWeb ? { target: "_blank", rel: "noopener noreferrer" } : {};
  const words = label instanceof Node ? label : document.createTextNode(label);
  return h("a", { ...properties, href, ...target }, words, isWeb && newTabText ? spoken(` (${newTabText})`) : null);
}
