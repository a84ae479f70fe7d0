/**
 * Which questions are offered at the start: those written for the page that the visitor is reading come first.
 * The page's address stays in the browser.
 *
 * @typedef {import("./types.js").Starter} Starter
 */

const MOST = 4;

/**
 * @param {Starter[]} starters
 * @param {string} path path of the page, such as /prices
 * @returns {Starter[]} at most four
 */
export function startersFor(starters, path) {
  const here = starters.filter(({ pages }) => pages?.some((pattern) => matches(pattern, path)));
  const anywhere = starters.filter(({ pages }) => !pages?.length);
  return [...here, ...anywhere].slice(0, MOST);
}

/**
 * @param {string} pattern a path in which * stands for anything
 * @param {string} path
 */
function matches(pattern, path) {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}/?$`, "i").test(path);
}
