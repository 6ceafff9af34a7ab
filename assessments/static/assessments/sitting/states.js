/**
 * Whether answers are safe, said three times: on the answer sheet for every question, in a line at the question that is
 * open, in the bar for the whole paper. Always as words too; aloud only when something changes for the person.
 */
import { announce, timeOf, word } from "./words.js";

const squares = new Map();
for (const square of document.querySelectorAll(".navigator a")) {
  squares.set(Number(new URL(square.href).searchParams.get("q")), square);
}
const bar = document.getElementById("outbox");
const answered = document.getElementById("answered");

/** showStates(outbox): the states of all questions; `network` is "" while all is well, "slow" or "offline". */
export function showStates(outbox) {
  const questions = new Map();
  let current = 0;
  let line = null;
  let network = "";

  for (const [slot, square] of squares) {
    questions.set(slot, {
      answered: square.dataset.state === "done",
      flagged: "flag" in square.dataset,
      saved: "",
      note: "",
    });
  }

  const waits = (slot) => outbox.waiting.has(slot);

  function square(slot) {
    const { answered, flagged, note } = questions.get(slot);
    const shown = squares.get(slot);
    if (answered) shown.dataset.state = "done";
    else delete shown.dataset.state;
    shown.toggleAttribute("data-flag", flagged);
    shown.toggleAttribute("data-waiting", waits(slot) || Boolean(note));
    if (slot === current) shown.setAttribute("aria-current", "step");
    else shown.removeAttribute("aria-current");
    const said = [word("slot", { NUMBER: slot }), word(answered ? "answered" : "unanswered")];
    if (flagged) said.push(word("flagged"));
    if (waits(slot)) said.push(word(network === "offline" ? "on_device" : "waiting"));
    if (note) said.push(word("not_saved"));
    shown.setAttribute("aria-label", said.join(word("comma")));
  }

  function write(box, state, text) {
    if (state) box.dataset.state = state;
    else delete box.dataset.state;
    if (box.textContent !== text) box.textContent = text;
  }

  function question() {
    if (!line) return;
    const { saved, note } = questions.get(current);
    if (waits(current) && network === "offline") write(line, "offline", word(outbox.lasting ? "offline" : "offline_memory"));
    else if (waits(current)) write(line, "busy", word(network ? "sending" : "busy"));
    else if (note) write(line, "offline", note);
    else if (saved) write(line, "", word("saved", { TIME: saved }));
  }

  function paper() {
    const number = outbox.size;
    if (network === "offline") write(bar, "offline", number ? word("bar_offline", { NUMBER: number }) : word("bar_gone"));
    else if (network && !number) write(bar, "busy", word("bar_slow"));
    else if (network || number > 1) write(bar, "busy", word("bar_waiting", { NUMBER: number }));
    else if (number) write(bar, "busy", word("busy"));
    else write(bar, "", word("bar_saved"));
  }

  function show() {
    for (const slot of questions.keys()) square(slot);
    answered.textContent = [...questions.values()].filter((each) => each.answered).length;
    question();
    paper();
  }

  return {
    show,
    squares,
    /** This question is open now; its line is the element that says whether it is safe. */
    open(slot, box) {
      current = slot;
      line = box;
      show();
    },
    change(slot, news) {
      Object.assign(questions.get(slot), news);
      show();
    },
    saved(slot, moment) {
      Object.assign(questions.get(slot), { saved: timeOf(moment), note: "" });
      show();
    },
    network(state) {
      if (state === network) return;
      const was = network;
      network = state;
      show();
      if (state === "offline") announce(word("said_offline"));
      else if (was === "offline" && !state) announce(word("said_online"));
    },
    get isOffline() {
      return network === "offline";
    },
  };
}
