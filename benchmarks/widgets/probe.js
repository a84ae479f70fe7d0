/**
 * What is seen from inside a page: put into every page before its own scripts, the same for all widgets.
 * Shadow roots are noted as they are made, closed ones too, so that every selector finds what is in them.
 */
(() => {
  const roots = [document];
  const LIVE = '[aria-live="polite"], [aria-live="assertive"], [role="log"], [role="status"], [role="alert"], output';
  const said = new Map();
  const regions = new Set();
  const shifts = [];
  const tasks = [];
  let answer = "";
  let largest = 0;

  const all = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  const isShown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";

  const isReady = (field) => {
    if (!isShown(field) || field.disabled || field.readOnly || field.ariaDisabled === "true") return false;
    const box = field.getBoundingClientRect();
    // Asked of its own root, which sees into itself also when it is closed.
    const top = field.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.width > 0 && top !== null && (field === top || field.contains(top));
  };

  const isHeard = (region) => region.getAttribute("aria-live") !== "off" && !region.closest('[aria-hidden="true"]') && region.getClientRects().length > 0;

  /** How often each live region has come to hold the answer. */
  const listen = () => {
    for (const region of all(LIVE)) {
      if (!isHeard(region)) continue;
      const isNew = !regions.has(region);
      regions.add(region);
      const now = answer ? region.textContent.split(answer).length - 1 : 0;
      const kept = said.get(region) ?? { now: 0, times: 0 };
      // What a region already holds when it appears is not read out, except from an alert.
      if (now > kept.now && (!isNew || region.role === "alert")) kept.times += now - kept.now;
      said.set(region, { now, times: kept.times });
    }
  };

  const watch = (root) => new MutationObserver(listen).observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    roots.push(root);
    watch(root);
    return root;
  };
  watch(document);

  new PerformanceObserver((list) => shifts.push(...list.getEntries().filter((shift) => !shift.hadRecentInput).map((shift) => shift.value)))
    .observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ start: startTime, ms: duration }))))
    .observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((paint) => (largest = paint.startTime)))
    .observe({ type: "largest-contentful-paint", buffered: true });

  window.probe = {
    isReady: (selector) => all(selector).some(isReady),
    /** The middle of the first shown element, for a real click; null while there is none. */
    point: (selector) => {
      const found = all(selector).find(isShown);
      if (!found) return null;
      const box = found.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    },
    /** Note when the next click comes and, frame by frame, when the field can be typed in after it. */
    timeOpening: (selector) => {
      probe.opening = new Promise((resolve) =>
        addEventListener("click", ({ timeStamp }) => {
          const look = () => (all(selector).some(isReady) ? resolve(performance.now() - timeStamp) : requestAnimationFrame(look));
          requestAnimationFrame(look);
        }, { capture: true, once: true }),
      );
    },
    isFocused: (selector) => {
      let focused = document.activeElement;
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
      return all(selector).some((element) => element === focused);
    },
    /** From now on, count what live regions say of this text. */
    listenFor: (text) => {
      answer = text;
      listen();
    },
    heard: () => [...said].filter(([, { times }]) => times).map(([{ role, ariaLive, localName }, { times }]) => ({ region: role ?? ariaLive ?? localName, times })),
    regions: () => regions.size,
    /** How often a text is shown, live regions that only speak left aside. */
    shown: (text) => {
      let times = 0;
      for (const root of roots) {
        const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
          const box = texts.currentNode.data.includes(text) && texts.currentNode.parentElement?.getBoundingClientRect();
          if (box && box.width > 2 && box.height > 2) times += 1;
        }
      }
      return times;
    },
    load: () => {
      const [page] = performance.getEntriesByType("navigation");
      return {
        fcp: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
        lcp: largest,
        load: page.loadEventEnd,
        cls: shifts.reduce((sum, shift) => sum + shift, 0),
        tasks: tasks.map(({ ms }) => ms),
      };
    },
    tasksSince: (start) => tasks.filter((task) => task.start + task.ms > start).map(({ ms }) => ms),
    kept: () => {
      try {
        return [...Object.keys(localStorage), ...Object.keys(sessionStorage)];
      } catch {
        return [];
      }
    },
  };
})();
