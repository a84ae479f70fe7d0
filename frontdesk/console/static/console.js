/** The part of a page that says `data-refresh` is fetched again every second, until it has changed for good; then the page is. */

const EVERY_MS = 1000;

for (const part of document.querySelectorAll("[data-refresh]")) {
  const timer = setInterval(async () => {
    try {
      const answer = await fetch(part.dataset.refresh, { credentials: "same-origin" });
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const status = fresh.querySelector("ol");
      if (!status) {
        // No steps any more: it is ready, or it failed, and the buttons below are others.
        clearInterval(timer);
        location.reload();
        return;
      }
      part.replaceChildren(...fresh.body.childNodes);
    } catch {
      // The next second may be better; the page itself stays.
    }
  }, EVERY_MS);
}

/* Trying out: replies are shown by the chat window's own code. */
const replies = document.querySelectorAll("[data-replies]");
if (replies.length) import("./window.js").then(({ showReplies }) => replies.forEach((place) => showReplies(place)));
/* End of trying out. */
