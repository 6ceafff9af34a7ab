/** Sending, oldest first, until the server itself has said something about each; a proxy's page says nothing. */
const FIRST = 1000;
const LONGEST = 30_000;
const PATIENCE = 20_000;
const MOST_KEPT_ALIVE = 8000; // characters that a browser still sends, with others, while the page goes away
const SOON = 800;
const LATEST = 5000; // somebody who never stops typing is saved all the same

/** {status, answer}, or null when it has to be tried again: no network, an overloaded server, somebody else's page. */
export async function post(url, token, data) {
  const body = JSON.stringify(data);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const reply = await fetch(url, {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json", "X-Attempt-Token": token },
      body,
      keepalive: body.length < MOST_KEPT_ALIVE,
      signal: stop.signal,
    });
    const answer = await reply.json();
    return reply.status < 500 && reply.status !== 429 && isOurs(reply, answer) ? { status: reply.status, answer } : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

const isOurs = (reply, answer) => typeof answer === "object" && answer !== null && (reply.ok || "error" in answer);

export const postAnswer = ({ url, token, slot, sequence, response, flagged, at }) =>
  post(url, token, { slot, sequence, response, flagged, at });

/** 1 s, 2 s, 4 s … 30 s, each up to half shorter, so that a hall does not come back in one moment. */
export const pause = (failures) => Math.min(FIRST * 2 ** failures, LONGEST) * (1 - Math.random() / 2);

/**
 * sender(outbox, { told, reached }): `told(row, status, answer)` is called for each row the server has dealt with,
 * `reached(ok)` after each try. Gives { flush, soon }.
 */
export function sender(outbox, { told, reached }) {
  let sending = null;
  let timer = 0;
  let since = null; // when the first of the changes came that wait for `soon`
  let failures = 0;
  let stopped = false;

  /** Sends all that waits; who calls while it runs gets the same promise. */
  function flush() {
    clearTimeout(timer);
    since = null;
    sending ??= sendAll().finally(() => (sending = null));
    return sending;
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
  }

  /** When a change is complete, or at the latest after five seconds; a server that is down is not asked more often. */
  function soon() {
    if (failures) return;
    since ??= performance.now();
    later(Math.min(SOON, since + LATEST - performance.now()));
  }

  async function sendAll() {
    for (;;) {
      await outbox.settled();
      const row = outbox.oldest();
      if (!row || stopped) return;
      const reply = await postAnswer(row).then((reply) => beside(row, reply));
      failures = reply ? 0 : failures + 1;
      reached(Boolean(reply));
      if (!reply) return later(pause(failures - 1));
      await deal(row, reply);
    }
  }

  /** Taken over from an older window, and by then overtaken: as that window's own it is kept beside the paper. */
  function beside(row, reply) {
    const isOvertaken = reply?.answer.error === "superseded" && row.own;
    return isOvertaken ? postAnswer({ ...row, token: row.own }) : reply;
  }

  /** A save that the server does not let in for want of a good token stays, for the page that a reload brings. */
  async function deal(row, { status, answer }) {
    if (answer.error === "token") stopped = true;
    else await outbox.done(row);
    told(row, status, answer);
  }

  addEventListener("online", flush);
  return { flush, soon };
}
