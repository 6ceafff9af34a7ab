/**
 * The ways out of the page. What waits is sent first, and the server must be there: without it the way out would take
 * the paper away.
 *
 * leaving(page) gives { leave(go), out() }: `out()` says that the page goes away for good reason, and nobody is asked.
 */
export function leaving({ outbox, files, send, pulse, notice }) {
  let isMeant = false;

  function out() {
    isMeant = true;
    setTimeout(() => (isMeant = false), 1000);
  }

  async function leave(go) {
    await files.settled();
    await send.flush();
    const isThere = await pulse.beat();
    if (files.waiting()) notice.answer("unsent");
    else if (outbox.size || !isThere) notice.answer("unreachable");
    else {
      out();
      go();
    }
  }

  // The outbox outlives the page. What does not: files on their way, answers in memory alone, and, without a network, the
  // page itself.
  addEventListener("beforeunload", (event) => {
    const costs = files.waiting() || (outbox.size && !outbox.lasting) || !navigator.onLine;
    if (!isMeant && !notice.isLocked && costs) event.preventDefault();
  });

  return { leave, out, isMeant: () => isMeant };
}
