/**
 * The last page before the end: what still lies on this device goes out first, one press hands in once, and without a
 * network the page stays. Without this module the form posts.
 */
import { sendLeftovers } from "./leftovers.js";
import { openShelf } from "./shelf.js";

const AGAIN = 3000;
const form = document.getElementById("hand-in");
const button = form.querySelector("button");
const box = (name) => document.getElementById(name);
let isSent = false;

/** True when nothing of any paper waits on this device any more. */
async function isClear() {
  await sendLeftovers().catch(() => {});
  const shelf = await openShelf();
  const left = (await shelf.rows("answers").catch(() => [])).filter((row) => location.pathname.includes(row.attempt));
  box("waiting").hidden = !left.length;
  return !left.length;
}

async function isReachable() {
  const isThere = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => null);
  box("unreachable").hidden = Boolean(isThere);
  return Boolean(isThere);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isSent) return;
  isSent = true;
  button.disabled = true;
  if ((await isClear()) && (await isReachable())) {
    form.submit();
  } else {
    isSent = false;
    button.disabled = false;
  }
});

/** A page out of the browser's memory may tell of a paper that is handed in by now. */
addEventListener("pageshow", (event) => event.persisted && location.reload());

async function look() {
  if (!(await isClear())) setTimeout(look, AGAIN);
}

look();
