/**
 * Forms of a scenario: buttons of rows change them in place. The form goes to the server as it does without this file,
 * and what comes back takes its place, so that the server alone knows what a row looks like.
 */
const ID = "ql-part";
let isDirty = false;

function form() {
  return document.getElementById(ID);
}

async function redraw(button) {
  const old = form();
  const data = new FormData(old, button);
  old.setAttribute("aria-busy", "true");
  const answer = await fetch(location.href, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(ID);
  if (!fresh) throw new Error("no form came back"); // signed out meanwhile: the press goes the long way and says so
  const open = new Set([...old.querySelectorAll("details[open]")].map(nameOf));
  const next = document.importNode(fresh, true);
  old.replaceWith(next);
  for (const details of next.querySelectorAll("details")) if (open.has(nameOf(details))) details.open = true;
  goOn(next);
}

/** Which details it is: the first field inside says. */
function nameOf(details) {
  return details.querySelector("[name]")?.name;
}

function goOn(fresh) {
  const row = document.getElementById(fresh.dataset.at ?? "");
  (row?.querySelector("select, input:not([type=hidden]), textarea") ?? row)?.focus();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(`#${ID} button[data-rows]`);
  if (!button || button.dataset.long) return;
  event.preventDefault();
  if (form().hasAttribute("aria-busy")) return;
  isDirty = true;
  try {
    await redraw(button);
  } catch {
    form().removeAttribute("aria-busy");
    button.dataset.long = "1";
    isDirty = false;
    button.click();
  }
});

/* one press saves once; leaving with something typed asks first */
document.addEventListener("submit", (event) => {
  if (event.target.id !== ID) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
  isDirty = false;
});
document.addEventListener("input", (event) => {
  if (event.target.closest?.(`#${ID}`)) isDirty = true;
});
window.addEventListener("beforeunload", (event) => {
  if (isDirty) event.preventDefault();
});
window.addEventListener("pageshow", () => delete form()?.dataset.sent);

/* an address that names a field opens what it is in and goes there */
function reveal() {
  const field = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!field) return;
  for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  const input = field.matches("input, select, textarea") ? field : field.querySelector("input:not([type=hidden]), select, textarea");
  (input ?? field).focus();
}
window.addEventListener("hashchange", reveal);
if (location.hash) reveal();
else document.getElementById("refusal")?.focus();
