// Conditions on forms: keeps the pick lists and the text of a condition alike, and says at once what is wrong.
// Without this file either can be filled in; the server reads whichever was changed.

const PAUSE = 300;
const timers = new WeakMap();
const asked = new WeakMap();

const part = (row, name) => row.querySelector(`.ql-cond__${name}`);
const written = (box) => box.querySelector(".ql-cond__written input");
const lines = (box) => [...box.querySelectorAll("[data-ql-row]")];

/** The fields of one condition, named as the server's check wants them. */
function fieldsOf(box, by) {
  const prefix = box.dataset.qlCondition;
  const said = new URLSearchParams({ by, c: written(box).value });
  for (const field of box.querySelectorAll("[data-ql-row] [name], .ql-cond__first")) {
    said.append(`c${field.name.slice(prefix.length)}`, field.value);
  }
  return said;
}

async function check(box, by) {
  const url = box.dataset.url || box.closest("[data-condition-url]")?.dataset.conditionUrl;
  if (!url) return;
  asked.get(box)?.abort();
  const asking = new AbortController();
  asked.set(box, asking);
  const token = box.closest("form")?.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: fieldsOf(box, by),
      headers: { "X-CSRFToken": token },
      signal: asking.signal,
    });
    if (answer.ok) show(box, await answer.json(), by);
  } catch {
    // offline or overtaken by a newer question: the server looks again when the form is saved
  }
}

function show(box, answer, by) {
  const said = box.querySelector(".ql-cond__said");
  said.textContent = answer.error || (by === "text" && answer.canonical ? answer.text : "");
  said.classList.toggle("ql-cond__said--wrong", Boolean(answer.error));
  written(box).toggleAttribute("aria-invalid", Boolean(answer.error));
  if (by === "rows") written(box).value = answer.text;
  else if (answer.rows && !answer.error) fill(box, answer);
  box.dispatchEvent(new CustomEvent("ql-condition", { bubbles: true, detail: answer }));
}

/** The pick lists as the text has them, with a blank line behind. */
function fill(box, { rows, first }) {
  if (!lines(box).length) return;
  while (lines(box).length > rows.length + 1) lines(box).at(-1).remove();
  while (lines(box).length < rows.length + 1) add(box);
  [...rows, { subject: "", how: "", number: "", join: "and" }].forEach((row, place) => {
    for (const name of ["join", "subject", "how", "number"]) part(lines(box)[place], name).value = row[name];
  });
  box.querySelector(".ql-cond__first").value = first;
  arrange(box);
}

function add(box) {
  const last = lines(box).at(-1);
  const row = last.cloneNode(true);
  const place = lines(box).length;
  for (const field of row.querySelectorAll("[name]")) {
    field.name = field.name.replace(/-\d+-(join|subject|how|number)$/, `-${place}-$1`);
    field.value = field.tagName === "SELECT" ? field.options[0].value : "";
  }
  last.after(row);
  arrange(box);
  return row;
}

/** Shows of every line only what its subject can be asked; which word binds first only where it matters. */
function arrange(box) {
  const joins = new Set();
  lines(box).forEach((row, place) => {
    const subject = part(row, "subject");
    const chosen = subject.selectedOptions[0];
    const kind = chosen?.dataset.kind ?? chosen?.parentElement.dataset.kind ?? "";
    const how = part(row, "how");
    for (const option of how.options) {
      const isFlags = option.value === "" || option.value === "not";
      option.hidden = option.disabled = (kind === "flag" && !isFlags) || (kind === "variable" && isFlags);
    }
    if (how.selectedOptions[0]?.disabled) how.value = kind === "variable" ? ">=" : "";
    how.hidden = kind !== "flag" && kind !== "variable";
    part(row, "number").hidden = kind !== "variable";
    part(row, "join").hidden = place === 0 || kind === "";
    if (place && kind) joins.add(part(row, "join").value);
  });
  const first = box.querySelector(".ql-cond__first");
  if (first) first.hidden = joins.size < 2;
}

function later(box, by, pause) {
  clearTimeout(timers.get(box));
  timers.set(box, setTimeout(() => check(box, by), pause));
}

function touched(event) {
  const box = event.target.closest?.("[data-ql-condition]");
  if (!box) return;
  const isText = event.target === written(box);
  if (!isText) arrange(box);
  later(box, isText ? "text" : "rows", event.type === "change" && !isText ? 0 : PAUSE);
}

document.documentElement.classList.add("ql-cond-lives");
document.addEventListener("input", touched);
document.addEventListener("change", touched);
document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-ql-add]")?.closest("[data-ql-condition]");
  if (box) part(add(box), "subject").focus();
});
const arrangeAll = (root) => root.querySelectorAll("[data-ql-condition]").forEach(arrange);
arrangeAll(document);
// boxes that come later, in lines added to a form
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) if (node.querySelectorAll) arrangeAll(node);
}).observe(document.body, { childList: true, subtree: true });
