/**
 * From question to question without asking the server: the whole paper is fetched once, a little after the page came,
 * so that a hall does not ask in one moment. Questions keep their elements while another one is open.
 */
import { word } from "./words.js";

const JITTER = 3000;
const PATIENCE = 20_000;

const slotOf = (address) => Number(new URL(address, location.href).searchParams.get("q"));

/** navigation(form, first, { opened, made }): `made(slot, element)` once for each question, `opened(slot, element)`
 * whenever one is shown. Gives { go(slot), fetched, current }. */
export function navigation(form, { opened, made }) {
  const heading = document.querySelector("h1");
  const place = document.getElementById("question");
  const questions = new Map();
  let current = Number(form.elements.slot.value);
  let fetching = null;

  adopt(current, place.firstElementChild);
  history.replaceState(null, "", `?q=${current}`);

  function adopt(slot, element) {
    questions.set(slot, element);
    made(slot, element);
  }

  /** True when the whole paper is here. Who asks while it is on its way waits for the same answer. */
  function fetched() {
    fetching ??= ask().catch(() => (fetching = null));
    return fetching;
  }

  async function ask() {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    const reply = await fetch(form.dataset.paper, { signal: stop.signal, headers: { Accept: "application/json" } });
    const { questions: all } = await reply.json();
    clearTimeout(timer);
    for (const { slot, html } of all) if (!questions.has(slot)) adopt(slot, elementOf(html));
    form.dataset.whole = "true";
    return true;
  }

  function elementOf(html) {
    const element = document.createElement("div");
    element.className = "stack";
    element.innerHTML = html; // the server's own template, escaped there
    return element;
  }

  /** Shows a question; resolves to false when it cannot be had without a network. */
  async function go(slot, { isBack = false } = {}) {
    if (!questions.has(slot)) await fetched();
    if (!questions.has(slot)) return false;
    if (slot !== current && !isBack) history.pushState(null, "", `?q=${slot}`);
    show(slot);
    return true;
  }

  function show(slot) {
    const element = questions.get(slot);
    const named = (text) => text.replace(word("slot", { NUMBER: current }), word("slot", { NUMBER: slot }));
    document.title = named(document.title);
    heading.textContent = named(heading.textContent);
    current = slot;
    form.elements.slot.value = slot;
    place.replaceChildren(element);
    opened(slot, element);
    form.scrollIntoView({ block: "start" });
    element.querySelector("legend").focus({ preventScroll: true });
  }

  addEventListener("popstate", () => {
    const slot = slotOf(location.href) || current;
    if (slot !== current) go(slot, { isBack: true }); // a jump within the page is no turn
  });
  setTimeout(fetched, Math.random() * JITTER);
  addEventListener("online", fetched);
  return { go, fetched, slotOf, current: () => current, elements: () => questions };
}
