/**
 * When the page's clock stands at nought the server is asked first: more time wins. Then what waits is sent and the
 * paper handed in. Without a network everything is kept, and the page says so and goes on trying.
 *
 * ending({ pulse, send, files, outbox, notice, handIn }) gives the function that the clock calls each second.
 */
const LAST_CALL = 20_000; // how long a file on its way is waited for
const AGAIN = 3000;

export function ending({ pulse, send, files, outbox, notice, handIn }) {
  let busy = false;
  let tried = -Infinity;

  return async () => {
    if (busy || performance.now() - tried < AGAIN) return;
    busy = true;
    tried = performance.now();
    const answer = await pulse.beat();
    if (answer === null) notice.show("over");
    else if (answer.status !== "open" || answer.seconds <= 0) await close();
    busy = false;
  };

  async function close() {
    notice.finishing();
    const patience = new Promise((resolve) => setTimeout(resolve, LAST_CALL));
    await Promise.race([files.settled(), patience]);
    await send.flush();
    if (!outbox.size) handIn();
  }
}
