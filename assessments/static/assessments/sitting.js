/**
 * An exam paper that loses nothing: every change is kept on this device at once, saved to the server within a second,
 * and sent again after a lost network, a crash or a reload until the server has it. Without this module the same form
 * posts, question by question.
 */
import { arrange } from "./ordering.js";
import { collect } from "./upload.js";

const form = document.getElementById("paper");
const status = document.getElementById("saved");
const url = form.action;
const key = `qinglan.attempt.${form.dataset.attempt}`;
const DEBOUNCE = 800;
const RETRY = 5000;
const LAST_CALL = 20000; // how long a file on its way is waited for when time is over
const NAME = "answer";
const REFUSED = ["superseded", "response", "malformed", "not_found"];

const word = (name) => document.getElementById("words").content.querySelector(`[data-word="${name}"]`).textContent;

function show(state, text) {
  if (state) status.dataset.state = state;
  else delete status.dataset.state;
  status.textContent = text;
}

/* ---- the outbox: {sequence, pending: {slot: {slot, sequence, response, flagged}}} on this device ---- */

const fresh = { sequence: Number(form.elements.sequence.value) - 1, pending: {} };

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(key)) ?? fresh;
    return { sequence: Math.max(kept.sequence, fresh.sequence), pending: kept.pending };
  } catch {
    return { ...fresh };
  }
}

function keep() {
  try {
    if (oldest()) localStorage.setItem(key, JSON.stringify(outbox));
    else localStorage.removeItem(key);
  } catch {
    // Private windows and full disks: saving over the network still works.
  }
}

const outbox = load();
const slot = Number(form.elements.slot.value);
let timer = 0;
let flushing = null;
let online = true;
let closed = false;

/** The answer in the shape the form itself posts: a list, or an object where an answer has several parts. */
function response() {
  const data = new FormData(form);
  const parts = {};
  for (const [name, value] of data) if (name.startsWith(`${NAME}.`)) parts[name.slice(NAME.length + 1)] = value;
  return Object.keys(parts).length ? parts : data.getAll(NAME);
}

function changed() {
  next();
  outbox.pending[slot] = { slot, sequence: outbox.sequence, response: response(), flagged: form.elements.flag.checked };
  keep();
  markNavigator();
  if (online) show("busy", word("busy"));
  clearTimeout(timer);
  timer = setTimeout(flush, DEBOUNCE);
}

/* ---- sending, oldest first ---- */

/** Sends all that waits, one after the other; who calls while it runs gets the same promise. */
function flush() {
  clearTimeout(timer);
  flushing ??= sendAll().finally(() => (flushing = null));
  return flushing;
}

async function sendAll() {
  let next;
  while (!closed && (next = oldest())) if (!(await send(next))) break;
}

const oldest = () => Object.values(outbox.pending).sort((a, b) => a.sequence - b.sequence)[0];

/** True when the server has dealt with this save, one way or the other. */
async function send(save) {
  let reply;
  try {
    reply = await fetch(url, {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json", "X-Attempt-Token": form.dataset.token },
      body: JSON.stringify(save),
    });
  } catch {
    return waitForNetwork();
  }
  const answer = await reply.json().catch(() => ({}));
  if (!reply.ok) return refused(save, answer);
  online = true;
  done(save);
  show("", `${word("saved")} ${new Date(answer.saved_at).toLocaleTimeString([], { hour12: false })}`);
  return true;
}

function done(save) {
  // A newer answer to the same question may have come while this one was on its way: that one stays.
  if (outbox.pending[save.slot]?.sequence === save.sequence) delete outbox.pending[save.slot];
  keep();
}

/** Only what the server itself has said about this save lets go of it; a proxy's error page does not. */
function refused(save, { error, message }) {
  if (!["closed", "token", ...REFUSED].includes(error)) return waitForNetwork();
  online = true;
  closed ||= error === "closed" || error === "token";
  const overtaken = error === "superseded" && outbox.pending[save.slot]?.sequence !== save.sequence;
  if (error !== "token") done(save);
  if (!overtaken) show("offline", message);
  if (error === "closed") leadToResult();
  return true;
}

function leadToResult() {
  const link = document.createElement("a");
  link.href = form.dataset.result;
  link.textContent = word("result");
  status.append(" ", link);
}

function waitForNetwork() {
  online = false;
  show("offline", word("offline"));
  timer = setTimeout(flush, RETRY);
  return false;
}

addEventListener("online", flush);

/* ---- changes ---- */

form.addEventListener("input", (event) => {
  count(event.target);
  if (event.target.matches('[data-ordering] select, [type="file"]')) return;
  changed();
});

function count(box) {
  const shown = document.querySelector(`[data-length="${CSS.escape(box.name)}"]`);
  if (shown) shown.textContent = [...box.value.trim()].length;
}

function markNavigator() {
  const square = document.querySelector('.navigator [aria-current="step"]');
  const given = Object.values(response()).some((value) => value !== "");
  square.toggleAttribute("data-flag", form.elements.flag.checked);
  if (given) square.dataset.state = "done";
  else delete square.dataset.state;
  document.getElementById("answered").textContent = document.querySelectorAll('.navigator [data-state="done"]').length;
}

/* ---- moving on: what waits is sent first, and without a network the next question could not come ---- */

async function leave(event, go) {
  if (navigator.onLine && !oldest() && !uploads.waiting()) return;
  event.preventDefault();
  await uploads.settled();
  await flush();
  if (uploads.waiting() && !closed) show("offline", word("unsent"));
  else if (navigator.onLine && (closed || !oldest())) go();
  else show("offline", word("stay"));
}

form.addEventListener("submit", (event) => leave(event, () => form.requestSubmit(event.submitter)));
for (const link of document.querySelectorAll(".navigator a")) {
  link.addEventListener("click", (event) => leave(event, () => location.assign(link.href)));
}
addEventListener("pageshow", (event) => event.persisted && location.reload());

/* ---- files: each goes up at once; that it is there is an answer like any other ---- */

const files = form.querySelector("[data-files]");
const uploads = files ? collect({ form, list: files, next, changed, word }) : { settled: async () => {}, waiting: () => false };

function next() {
  outbox.sequence += 1;
  form.elements.sequence.value = outbox.sequence;
  return outbox.sequence;
}

/* ---- ordering: the list numbers itself, a move is a change like any other ---- */

for (const list of form.querySelectorAll("[data-ordering]")) arrange(list, changed);

/* ---- the clock: ticks here, decided by the server ---- */

const clock = document.getElementById("clock");
const end = Date.now() + Number(clock.dataset.seconds) * 1000;
const announced = new Set();

function tick() {
  const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
  clock.textContent = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
  if (left <= 300) clock.dataset.state = "low";
  for (const minutes of [10, 5, 1]) {
    if (left === minutes * 60 && !announced.has(minutes)) {
      announced.add(minutes);
      document.getElementById("announce").textContent = word(`minutes${minutes}`);
    }
  }
  if (left === 0 && !finishing) finish();
}

/** Time is over: send what waits and hand in. Without a network the next tick tries again; the server does it anyway. */
async function finish() {
  finishing = true;
  await Promise.race([uploads.settled(), new Promise((resolve) => setTimeout(resolve, LAST_CALL))]);
  await flush();
  finishing = closed || !oldest();
  if (finishing) document.getElementById("finish").submit();
}

let finishing = false;
setInterval(tick, 1000);

/* ---- what a crash left behind goes out first; then the page shows it ---- */

const unsent = Boolean(outbox.pending[slot]);
if (oldest()) {
  flush().then(() => {
    if (unsent && !closed && !oldest()) location.reload();
  });
}
