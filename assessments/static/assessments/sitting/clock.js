/**
 * The clock of the page: what the server said is left, counted by a clock that nobody can set. What the device believes
 * the time to be is never asked.
 *
 * runClock(box, seconds, { warned, over, slept }): `warned(minutes)` at ten, five and one; `over()` each second
 * at nought; `slept()` when the device was asleep, or its own clock was set.
 */
import { clockText } from "./words.js";

const WARNINGS = [10, 5, 1];
const LOW = 300;
const SLEPT = 5000; // the two clocks drift apart when the device sleeps or is set

export function runClock(box, seconds, { warned, over, slept }) {
  let end = performance.now() + seconds * 1000;
  let apart = Date.now() - performance.now();
  let before = seconds;

  const left = () => Math.max(0, Math.ceil((end - performance.now()) / 1000));

  function tick() {
    const now = left();
    box.textContent = clockText(now);
    if (now <= LOW) box.dataset.state = "low";
    else delete box.dataset.state;
    for (const minutes of WARNINGS) {
      if (now <= minutes * 60 && before > minutes * 60) warned(minutes);
    }
    before = now;
    if (Math.abs(Date.now() - performance.now() - apart) > SLEPT) {
      apart = Date.now() - performance.now();
      slept();
    }
    if (now === 0) over();
  }

  tick();
  setInterval(tick, 1000);
  return {
    left,
    /** What the server says now; gives how many seconds more (or fewer) that is. */
    set(seconds) {
      const more = seconds - left();
      end = performance.now() + seconds * 1000;
      tick();
      return more;
    },
  };
}
