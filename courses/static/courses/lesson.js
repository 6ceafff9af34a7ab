// Remembers the block being read, so that a learner comes back to it. Sends one line when the page is left; no time
// is measured. Without this script a lesson opens at its beginning, or at the last thing answered.

const article = document.querySelector("[data-seen]");
const token = document.querySelector("input[name=csrfmiddlewaretoken]");
let told = "";

function blockBeingRead() {
  const begun = [...article.querySelectorAll("[data-block]")].filter(
    (block) => block.getBoundingClientRect().top < window.innerHeight / 2,
  );
  return begun.length ? begun[begun.length - 1].dataset.block : "";
}

function tell() {
  const block = blockBeingRead();
  if (document.visibilityState !== "hidden" || !block || block === told) return;
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token.value);
  body.append("block", block);
  navigator.sendBeacon(article.dataset.seen, body);
  told = block;
}

if (article && token) document.addEventListener("visibilitychange", tell);
