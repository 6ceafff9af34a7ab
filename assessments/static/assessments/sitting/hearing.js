/**
 * What the server says to a save and to a pulse, and what the page makes of it.
 *
 * hearing(page) gives { told(row, status, answer), heard(status, answer), newer(), isLate() }. It reads `page.send`,
 * `page.clock` and `page.ways` when it hears something, so that they may be made after it.
 */
import { clockText, word } from "./words.js";

const MORE = 30; // seconds that no slow reply explains: somebody added time
const NEWS = 60_000; // how long the bar says so

export function hearing(page) {
  const { attempt, outbox, states, notice } = page;
  let late = ""; // what the server says about answers after the end

  function told(row, status, answer) {
    if (status === 200) states.saved(row.slot, answer.saved_at);
    else if (status === 202) held(row, answer);
    else if (answer.error === "token") renew(answer);
    else refused(row, answer);
  }

  /** Kept beside the paper: it came after the end, or from a window that stands still. */
  function held(row, { held, message }) {
    if (held === "fenced" && row.own) return states.show(); // it was an older window's, and this one is the newest
    states.change(row.slot, { note: message });
    if (held === "fenced") return newer();
    late = message;
    notice.lock("closed", late);
  }

  function refused(row, { error, message }) {
    if (error === "closed") notice.lock("closed", message);
    const isOvertaken = error === "superseded" && outbox.waiting.has(row.slot);
    if (!isOvertaken) states.change(row.slot, { note: message });
  }

  /** The token is of no use any more: a new page has a new one, and finds here what waits. Once; then it is said. */
  function renew({ message }) {
    const mark = `qinglan.renewed.${attempt}`;
    if (!outbox.lasting || sessionStorage.getItem(mark)) return notice.say("token", message);
    sessionStorage.setItem(mark, "1");
    page.ways.out();
    location.reload();
  }

  /** Another window has the paper: this one stands still, and sends what the other did not take over. */
  async function newer() {
    if (notice.isLocked) return;
    notice.lock("fenced");
    await outbox.refresh();
    states.show();
    page.send.flush();
  }

  async function heard(status, answer) {
    if (status !== 200) return;
    if (answer.fenced) return newer();
    if (answer.status !== "open") {
      await page.send.flush();
      return notice.lock("closed", late || answer.message);
    }
    const more = page.clock.set(answer.seconds);
    if (answer.seconds > 0) notice.goOn();
    if (more >= MORE) extended(Math.round(more / 60));
  }

  function extended(minutes) {
    notice.say("extended", word("extended", { MINUTES: minutes, CLOCK: clockText(page.clock.left()) }));
    setTimeout(() => notice.hide("extended"), NEWS);
  }

  return { told, heard, newer, isLate: () => Boolean(late) };
}
