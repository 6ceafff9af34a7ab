/** One question as it stands on the page: its answer read and written, and whatever works by more than inputs. */
import { connect } from "../hotspot.js";
import { arrange } from "../ordering.js";
import { collect } from "../upload.js";
import { announce, word } from "./words.js";

const NAME = "answer";
const FIELDS = "input, select, textarea";

const fieldsOf = (root) => [...root.querySelectorAll(FIELDS)].filter((field) => field.type !== "file");
const isChoice = (field) => field.type === "checkbox" || field.type === "radio";

/** In the shape the form itself posts: a list, or an object where an answer has several parts. */
export function responseOf(root) {
  const parts = {};
  const list = [];
  for (const field of fieldsOf(root)) {
    if (isChoice(field) && !field.checked) continue;
    if (field.name === NAME) list.push(field.value);
    else if (field.name.startsWith(`${NAME}.`)) parts[field.name.slice(NAME.length + 1)] = field.value;
  }
  return Object.keys(parts).length ? parts : list;
}

export const isGiven = (response) => Object.values(response).some((value) => value !== "");
export const isFlagged = (root) => root.querySelector('[name="flag"]').checked;

/** The number of the save that the server's page shows. */
export const storedAs = (root) => Number(root.querySelector("[data-sequence]").dataset.sequence);

/** Writes back what the device kept; files are the server's. */
export function fill(root, { response, flagged }) {
  root.querySelector('[name="flag"]').checked = flagged;
  const list = Array.isArray(response) ? response.map(String) : [];
  for (const field of fieldsOf(root)) {
    if (field.name === NAME && isChoice(field)) field.checked = list.includes(field.value);
    else if (field.name === NAME && field.type !== "hidden") field.value = list[0] ?? "";
    else if (field.name.startsWith(`${NAME}.`)) field.value = response[field.name.slice(NAME.length + 1)] ?? "";
  }
  for (const box of root.querySelectorAll("textarea")) count(root, box);
  for (const steps of root.querySelectorAll("[data-ordering]")) sort(steps);
}

function sort(steps) {
  const place = (row) => Number(row.querySelector("select").value) || steps.children.length;
  steps.append(...[...steps.children].sort((a, b) => place(a) - place(b)));
}

/** How many characters are written, below the box, and by how many they are too many: said aloud when that begins. */
export function count(root, box) {
  const name = CSS.escape(box.name);
  const shown = root.querySelector(`[data-length="${name}"]`);
  if (!shown) return;
  const length = [...box.value.trim()].length;
  shown.textContent = length;
  const over = root.querySelector(`[data-over="${name}"]`);
  if (!over) return;
  const much = length - Number(shown.dataset.limit);
  const begins = over.hidden && much > 0;
  over.textContent = word("over", { NUMBER: Math.max(0, much) });
  over.hidden = much <= 0;
  if (begins) announce(over.textContent);
}

/** Whether somebody wrote or chose something before the page was ready to notice. */
export function isTouched(root) {
  return fieldsOf(root).some((field) => {
    if (isChoice(field)) return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.defaultSelected && !option.selected);
    return field.type !== "hidden" && field.value !== field.defaultValue;
  });
}

const NO_FILES = { settled: async () => {}, waiting: () => false };

/**
 * Makes moves, areas and files work: `changed()` is called when one of them changed the answer, `next()` gives a file
 * the number of its save. Gives { settled(), waiting() } of the files (see upload.js).
 */
export function bind(root, { token, changed, next, word }) {
  for (const steps of root.querySelectorAll("[data-ordering]")) arrange(steps, changed);
  for (const picture of root.querySelectorAll("[data-hotspot]")) connect(picture);
  const list = root.querySelector("[data-files]");
  return list?.dataset.files && root.querySelector('input[type="file"]')
    ? collect({ root, list, token, next, changed, word })
    : NO_FILES;
}
