/**
 * An exam paper that loses nothing: every change lies on this device before it is sent, goes to the server within a
 * second, and again after a lost network, a crash or a reload until the server has it. Without this module the same
 * form posts, question by question.
 */
import { runClock } from "./clock.js";
import { ending } from "./ending.js";
import { fence } from "./fence.js";
import { hearing } from "./hearing.js";
import { leaving } from "./leaving.js";
import { sendLeftovers } from "./leftovers.js";
import { navigation } from "./navigation.js";
import { notices } from "./notices.js";
import { Outbox } from "./outbox.js";
import { startPulse } from "./pulse.js";
import { bind, count, fill, isFlagged, isGiven, isTouched, responseOf, storedAs } from "./question.js";
import { sender } from "./send.js";
import { showStates } from "./states.js";
import { watch } from "./watching.js";
import { announce, word } from "./words.js";

const form = document.getElementById("paper");

addEventListener("pageshow", (event) => event.persisted && location.reload());
open().then(sit);

async function open() {
  const { attempt, token, fence } = form.dataset;
  const notice = notices(form);
  const sequence = Number(form.elements.sequence.value) - 1;
  const window = { attempt, token, fence: Number(fence), url: form.action, sequence };
  const outbox = await Outbox.open(window, () => notice.show("memory"));
  if (!outbox.lasting) notice.show("memory");
  return { attempt, notice, outbox, states: showStates(outbox) };
}

/** Puts the parts together; each is told of the others through `page`. */
function sit(page) {
  const { attempt, notice, outbox, states } = page;

  page.uploads = new Map(); // by slot
  page.files = {
    settled: async () => void (await Promise.all([...page.uploads.values()].map((each) => each.settled()))),
    waiting: () => [...page.uploads.values()].some((each) => each.waiting()),
  };
  const server = hearing(page);
  page.send = sender(outbox, { told: server.told, reached });
  page.pulse = startPulse(form.dataset.pulse, outbox, { heard: server.heard, reached });
  page.ways = leaving(page);

  function reached(ok) {
    states.network(ok ? "" : navigator.onLine ? "slow" : "offline");
    if (ok) ["unreachable", "stay"].forEach(notice.hide);
  }

  const pages = writing(page);
  const over = ending({ ...page, notice, handIn });
  page.clock = runClock(document.getElementById("clock"), Number(form.dataset.seconds), {
    warned: (minutes) => announce(word(`minutes${minutes}`)),
    over: () => notice.isLocked || over(),
    slept: page.pulse.beat,
  });

  function handIn() {
    if (server.isLate()) return; // what the server said about it must be read first
    page.ways.out();
    document.getElementById("finish").submit();
  }

  watch((kind, detail) => page.ways.isMeant() || outbox.note(kind, detail).then(page.pulse.soon), pages.current);
  addEventListener("online", page.pulse.beat);
  addEventListener("offline", () => states.network("offline"));
  fence(attempt, outbox.fence, { newer: server.newer }).opened();
  room();
  if (outbox.size) page.send.flush();
  sendLeftovers({ open: attempt }).catch(() => {});
  form.dataset.ready = "true";
}

/** Questions and what is written into them. */
function writing({ notice, outbox, states, uploads, send, ways }) {
  const token = outbox.token;
  const early = []; // written before this module was here
  const pages = navigation(form, { made, opened });

  function next() {
    form.elements.sequence.value = outbox.next();
    return outbox.sequence;
  }

  function changed(slot) {
    const element = pages.elements().get(slot);
    const response = responseOf(element);
    outbox.put(slot, response, isFlagged(element));
    form.elements.sequence.value = outbox.sequence;
    states.change(slot, { answered: isGiven(response), flagged: isFlagged(element), note: "" });
    send.soon();
  }

  /** A question is here: with what the device kept of it, and whatever works by more than inputs. */
  function made(slot, element) {
    const row = outbox.waiting.get(slot);
    if (isTouched(element)) early.push(slot);
    else if (row && row.sequence > storedAs(element)) {
      fill(element, row);
      states.change(slot, { answered: isGiven(row.response), flagged: row.flagged });
    }
    uploads.set(slot, bind(element, { token, next, word, changed: () => changed(slot) }));
  }

  function opened(slot, element) {
    states.open(slot, element.querySelector("#saved"));
    notice.apply();
  }

  async function turn(slot) {
    if (await pages.go(slot)) return notice.hide("stay");
    // Not here yet: the server's own page, or where its login leads.
    if (navigator.onLine) ways.leave(() => location.assign(`?q=${slot}`));
    else notice.answer("stay");
  }

  form.addEventListener("input", ({ target }) => {
    if (target.matches("textarea")) count(form, target);
    if (!target.matches('[data-ordering] select, [type="file"]')) changed(pages.current());
  });

  form.addEventListener("submit", (event) => {
    if (ways.isMeant()) return;
    event.preventDefault();
    const { name, value } = event.submitter ?? {};
    if (name === "go" && Number(value)) turn(Number(value));
    else if (name === "go" && value === "finish") ways.leave(() => location.assign(form.dataset.submit));
    else ways.leave(() => form.requestSubmit(event.submitter));
  });

  for (const [slot, square] of states.squares) {
    square.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      turn(slot);
    });
  }

  opened(pages.current(), pages.elements().get(pages.current()));
  early.forEach(changed);
  return pages;
}

/** What the bar covers, at every size of type, is never where somebody reads or writes. */
function room() {
  const bar = document.querySelector(".exam");
  const give = () => (document.documentElement.style.scrollPaddingTop = `${bar.offsetHeight + 16}px`);
  if ("ResizeObserver" in window) new ResizeObserver(give).observe(bar);
}
