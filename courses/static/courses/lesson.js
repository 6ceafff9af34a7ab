// Remembers the block last on the screen, so that a learner comes back to it. Sends one line when the page is left;
// no time is measured. Without this script a lesson opens at its beginning, or at the last thing answered.

const article = document.querySelector("[data-seen]");
const token = document.querySelector("input[name=csrfmiddlewaretoken]");
let last = "";
let told = "";

function remember(entries) {
  for (const entry of entries) {
    if (entry.isIntersecting) last = entry.target.dataset.block;
  }
}

function tell() {
  if (document.visibilityState !== "hidden" || !last || last === told) return;
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token.value);
  body.append("block", last);
  navigator.sendBeacon(article.dataset.seen, body);
  told = last;
}

if (article && token && "IntersectionObserver" in window) {
  const observer = new IntersectionObserver(remember);
  article.querySelectorAll("[data-block]").forEach((block) => observer.observe(block));
  document.addEventListener("visibilitychange", tell);
}
