/**
 * What a paper left on this device when its window closed, and its time ran out meanwhile: sent with the token of the
 * window that wrote it. The server decides what becomes of it, and says so.
 */
import { openShelf } from "./shelf.js";
import { postAnswer } from "./send.js";

const DAY = 86_400_000;

/** Sends the rows of all papers but `open`; `told(answer)` is called with what the server says to each. */
export async function sendLeftovers({ open = "", told = () => {} } = {}) {
  const shelf = await openShelf();
  const rows = (await shelf.rows("answers")).filter((row) => row.attempt !== open && row.token);
  for (const row of rows.sort((a, b) => a.sequence - b.sequence)) {
    const reply = await postAnswer(row);
    if (!reply) return;
    await shelf.remove("answers", row);
    told(reply.answer);
  }
  for (const event of await shelf.rows("events")) {
    if (event.attempt !== open && Date.now() - Date.parse(event.at) > DAY) await shelf.remove("events", event);
  }
}
