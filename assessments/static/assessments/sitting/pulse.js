/**
 * A sign of life every twenty seconds, give or take: it carries the journal's events, and brings back how much time is
 * left, whether the paper is still open, and whether a newer window has it.
 *
 * startPulse(url, outbox, { heard, reached }) gives { beat(), soon() }; `beat()` resolves to the answer, or null.
 */
import { post } from "./send.js";

const EVERY = 20_000;
const SOON = 1500;
const MOST = 50; // events in one pulse

export function startPulse(url, outbox, { heard, reached }) {
  let timer = 0;
  let beating = null;

  function next(wait) {
    clearTimeout(timer);
    timer = setTimeout(beat, wait);
  }

  function beat() {
    beating ??= ask().finally(() => {
      beating = null;
      next(EVERY * (0.75 + Math.random() / 2));
    });
    return beating;
  }

  async function ask() {
    const events = (await outbox.events()).slice(0, MOST);
    const said = events.map(({ kind, at, detail }) => ({ kind, at, detail }));
    const reply = await post(url, outbox.token, { events: said });
    reached(Boolean(reply));
    if (!reply) return null;
    // Events that make no sense to the server will not make more the next time.
    if (reply.status === 200 || reply.status === 422) await outbox.forget(events);
    heard(reply.status, reply.answer);
    return reply.status === 200 ? reply.answer : null;
  }

  next(SOON);
  return { beat, soon: () => next(SOON) };
}
