/**
 * The keys of the marking page, the running total and the buttons beside each criterion. Without this module the page is
 * an ordinary form. Keys are never taken from somebody who writes, and can be switched off for good.
 */
const form = document.querySelector("form[data-marking]");
const keysOn = document.querySelector("#mark-keys-on");
const KEPT = "qinglan.marking-keys";
const HALF = 0.5;

const criteria = [...form.querySelectorAll(".criterion")].map((box) => ({
  box,
  input: box.querySelector('input[type="number"]'),
  most: Number(box.dataset.most),
}));
let justHalved = false;

function current() {
  return (
    criteria.find(({ box }) => "current" in box.dataset) ??
    criteria.find(({ input }) => input.value === "") ??
    criteria[0]
  );
}

function choose(criterion, { focus = true } = {}) {
  for (const each of criteria) delete each.box.dataset.current;
  criterion.box.dataset.current = "";
  if (!focus) return;
  criterion.input.focus();
  criterion.input.select();
}

function give(criterion, points) {
  criterion.input.value = Math.min(Math.max(points, 0), criterion.most);
  criterion.input.dispatchEvent(new Event("input", { bubbles: true }));
  criterion.input.select();
}

function step(by) {
  const at = criteria.indexOf(current());
  const started = criteria.some(({ box }) => "current" in box.dataset);
  choose(criteria[Math.min(Math.max(started ? at + by : at, 0), criteria.length - 1)]);
}

function count() {
  const taken = Number(form.elements.penalty?.value || 0);
  const sum = criteria
    .filter(({ box }) => !("penalty" in box.dataset))
    .reduce((all, { input }) => all + Number(input.value || 0), 0);
  const total = form.querySelector("output");
  if (total) total.value = Math.max(sum - taken, 0);
  for (const { box, input } of criteria) {
    for (const button of box.querySelectorAll(".levels button")) {
      button.setAttribute("aria-pressed", String(input.value !== "" && Number(input.value) === Number(button.value)));
    }
  }
}

/** A button for each whole point, for each half where there are few; the number beside them takes any. */
function drawLevels(criterion) {
  const place = criterion.box.querySelector(".levels");
  if ("penalty" in criterion.box.dataset || criterion.most > 10) return;
  for (let points = 0; points <= criterion.most; points += criterion.most <= 3 ? HALF : 1) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", value: points, textContent: points, tabIndex: -1 });
    button.addEventListener("click", () => {
      choose(criterion);
      give(criterion, points);
    });
    place.append(button);
  }
}

function insert(text) {
  const area = form.elements.comment;
  const { selectionStart: from, selectionEnd: to, value } = area;
  const before = value.slice(0, from);
  const glue = before && !/\s$/.test(before) ? "\n" : "";
  area.setRangeText(glue + text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

const phrases = [...form.querySelectorAll("button[data-phrase]")];
for (const phrase of phrases) {
  phrase.addEventListener("click", (event) => {
    event.preventDefault();
    insert(phrase.dataset.phrase);
  });
}

function digit(criterion, key) {
  const old = criterion.input.value;
  const isWhole = document.activeElement === criterion.input && old !== "" && !old.includes(".");
  const longer = Number(old + key);
  choose(criterion);
  give(criterion, isWhole && criterion.most >= 10 && longer <= criterion.most ? longer : Number(key));
}

/** "." gives the half: 1, then ".", is 1.5; a 5 typed behind it out of habit changes nothing. */
function halve(criterion) {
  const whole = Math.floor(Number(criterion.input.value || 0));
  choose(criterion);
  if (whole + HALF <= criterion.most) give(criterion, whole + HALF);
}

const press = (selector) => document.querySelector(selector)?.click();
const KEYS = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  u: () => press("[data-undo] button"),
  n: () => press('button[name="skip"]'),
  "?": () => {
    const help = document.querySelector(".mark-keys");
    help.open = !help.open;
    help.querySelector("summary").focus();
  },
};

function isWriting(target) {
  const isText = target.matches('textarea, select, input:not([type="number"]):not([type="checkbox"])');
  return isText || target.isContentEditable;
}

function pressed(event) {
  const { key, target } = event;
  if (event.defaultPrevented || event.isComposing || !(target instanceof Element)) return false;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) return save();
  if (!keysOn.checked || event.ctrlKey || event.metaKey) return false;
  if (event.altKey) return phraseKey(event);
  if (isWriting(target)) return false;
  if (/^[0-9]$/.test(key)) {
    if (!(justHalved && key === "5")) digit(current(), key);
    justHalved = false;
    return true;
  }
  justHalved = key === ".";
  if (key === ".") halve(current());
  else if (key === "Enter" && !target.closest("a, button, summary, label")) save();
  else if (Object.hasOwn(KEYS, key) || Object.hasOwn(KEYS, key.toLowerCase())) (KEYS[key] ?? KEYS[key.toLowerCase()])();
  else return false;
  return true;
}

function phraseKey(event) {
  const place = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (!place || !phrases[place - 1]) return false;
  insert(phrases[place - 1].dataset.phrase);
  return true;
}

function save() {
  form.requestSubmit(form.querySelector('button[name="save"]'));
  return true;
}

document.addEventListener("keydown", (event) => {
  if (pressed(event)) event.preventDefault();
});
for (const criterion of criteria) {
  drawLevels(criterion);
  criterion.input.addEventListener("focus", () => {
    choose(criterion, { focus: false });
    criterion.input.select();
  });
}
form.addEventListener("input", count);
form.addEventListener("submit", (event) => {
  // A second click sends nothing a second time; the server would give the first mark again.
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});
window.addEventListener("pageshow", () => delete form.dataset.sent);
try {
  keysOn.checked = localStorage.getItem(KEPT) !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem(KEPT, keysOn.checked ? "on" : "off"));
} catch {
  // Private windows: the keys are on, and the choice holds for this page.
}
for (const shown of document.querySelectorAll("[data-scripted]")) shown.hidden = false;
if (criteria.length) choose(current(), { focus: false });
count();
