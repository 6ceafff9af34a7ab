/**
 * Writing a question: rows are added, removed and moved at once, clauses are found by their words, and what was sent
 * while the login had run out is offered again. Without this file every button posts and the server does the same.
 */
const form = document.getElementById("ql-question");
const KEY = "qinglan.question";

/* rows */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

function rowsOf(list) {
  return [...list.children];
}

function isEmpty(row) {
  const fields = [...row.querySelectorAll("input:not([type=hidden]), textarea")].filter((each) => !each.closest(".ql-picks"));
  return fields.every((field) => (field.type === "checkbox" || field.type === "radio" ? !field.checked : !field.value));
}

function relabel(group) {
  rowsOf(group.querySelector(".ql-list")).forEach((row, at) => {
    const shown = row.querySelector("[data-number]");
    if (group.dataset.numbers === "lasting") return;
    const label = group.dataset.numbers === "letters" ? (LETTERS[at] ?? at + 1) : at + 1;
    const old = shown.textContent;
    shown.textContent = label;
    for (const word of row.querySelectorAll("label .ql-unseen")) word.textContent = ` ${label}`;
    for (const button of row.querySelectorAll("button[aria-label]")) {
      if (old) button.setAttribute("aria-label", button.getAttribute("aria-label").replace(old, label));
    }
  });
}

function nextLasting(group) {
  const numbers = [...group.querySelectorAll("[data-number]")].map((each) => Number(each.textContent) || 0);
  return Math.max(0, ...numbers) + 1;
}

function add(group) {
  const list = group.querySelector(".ql-list");
  const used = [...group.querySelectorAll("[name]")].map((each) => Number(each.name.split(".")[1]) || 0);
  const number = Math.max(-1, rowsOf(list).length - 1, ...used) + 1;
  const template = document.createElement("template");
  template.innerHTML = group.querySelector("template").innerHTML.replaceAll("__", number);
  const row = template.content.querySelector("[data-row]");
  row.querySelector("[data-number]").textContent = "";
  list.append(row);
  if (group.dataset.numbers === "lasting") {
    const label = nextLasting(group);
    row.querySelector("[data-number]").textContent = label;
    for (const hidden of row.querySelectorAll('input[name$=".place"]')) hidden.value = label;
  }
  relabel(group);
  nameButtons(row);
  return row;
}

/** The words of a new row's buttons come from the template, where the row has no name yet. */
function nameButtons(row) {
  const label = row.querySelector("[data-number]").textContent;
  for (const button of row.querySelectorAll("button[data-do]")) {
    const words = button.getAttribute("aria-label");
    if (!words.includes(label)) button.setAttribute("aria-label", `${words} ${label}`);
  }
  for (const word of row.querySelectorAll("label .ql-unseen")) word.textContent = ` ${label}`;
}

function act(button) {
  const group = button.closest("[data-rows]");
  const row = button.closest("[data-row]");
  const what = button.dataset.do;
  if (what === "more") {
    add(group).querySelector("input:not([type=hidden]), textarea").focus();
    return;
  }
  if (what === "up" && row.previousElementSibling) row.previousElementSibling.before(row);
  if (what === "down" && row.nextElementSibling) row.nextElementSibling.after(row);
  if (what === "drop") {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    relabel(group);
    (next?.querySelector("input:not([type=hidden]), textarea") ?? group).focus();
    return;
  }
  relabel(group);
  button.focus();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  event.preventDefault();
  act(button);
});

for (const group of form.querySelectorAll("[data-rows]")) {
  // Rows offered to whoever has no JavaScript; here the button makes them.
  const list = group.querySelector(".ql-list");
  for (const row of rowsOf(list).reverse()) {
    const enough = rowsOf(list).length <= Math.max(Number(group.dataset.least), 1);
    if (!group.querySelector(":scope > template") || enough || !isEmpty(row) || row.querySelector(".ql-error")) break;
    row.remove();
  }
}

/* a press on the picture writes its pixels into the area one was in */
let area = null;
form.addEventListener("focusin", (event) => {
  if (event.target.name?.endsWith(".coords")) area = event.target;
});
form.querySelector('[data-rows="image"]')?.addEventListener("click", (event) => {
  const picture = event.target.closest("img");
  if (!picture || !area) return;
  const box = picture.getBoundingClientRect();
  const scale = picture.naturalWidth / picture.clientWidth;
  const inside = [event.clientX - box.left - picture.clientLeft, event.clientY - box.top - picture.clientTop];
  const at = inside.map((each) => Math.round(each * scale));
  const given = area.value.split(/[\s,，、;；]+/).filter(Boolean).map(Number);
  const circle = area.closest("[data-row]").querySelector('input[value="circle"]')?.checked;
  const more = circle && given.length === 2 ? [Math.round(Math.hypot(at[0] - given[0], at[1] - given[1]))] : at;
  area.value = [...given, ...more].join(", ");
});

/* clauses */
const search = document.querySelector("[data-search]");
if (search) {
  search.hidden = false;
  const labels = [...document.querySelectorAll("[data-clauses] .ql-clause-list .ql-pick")];
  search.querySelector("input").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const label of labels) {
      const text = label.textContent.toLowerCase();
      label.hidden = !label.querySelector("input").checked && !words.every((word) => text.includes(word));
    }
  });
  search.querySelector("input").addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

/* one press stores once */
form.addEventListener("submit", (event) => {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  keep();
});
window.addEventListener("pageshow", () => delete form.dataset.sent);

/* what was sent while the login had run out */
function keep() {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !name.startsWith("csrf"));
  const mark = form.elements.mark.value;
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ who: form.dataset.who, path: location.href, mark, fields }));
  } catch {
    // Private windows and full disks: the page works as it did.
  }
}

function forget() {
  sessionStorage.removeItem(KEY);
}

function offer({ fields }) {
  const box = document.getElementById("ql-kept");
  const again = document.getElementById("ql-kept-form");
  for (const [name, value] of [...fields.filter(([name]) => name !== "do"), ["do", "keep"]]) {
    const input = document.createElement("textarea");
    Object.assign(input, { name, value, hidden: true });
    again.append(input);
  }
  again.addEventListener("submit", forget);
  document.getElementById("ql-kept-drop").addEventListener("click", () => {
    forget();
    box.hidden = true;
  });
  box.hidden = false;
}

let kept = null;
try {
  kept = JSON.parse(sessionStorage.getItem(KEY));
} catch {
  // Nothing to be read: nothing was kept.
}
if (kept) {
  if (form.dataset.bound || kept.who !== form.dataset.who) forget();
  else if (kept.path === location.href) offer(kept);
}

/* after a post the reader stands at what it brought */
const frame = document.querySelector(".ql-preview iframe");
if (frame) {
  const fit = () => {
    const inside = frame.contentDocument?.documentElement;
    if (inside) frame.height = Math.min(inside.scrollHeight + 4, 1600);
  };
  frame.addEventListener("load", fit);
  fit();
}
(document.getElementById("ql-troubles") ?? document.getElementById("preview"))?.focus();
