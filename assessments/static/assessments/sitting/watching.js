/**
 * What the journal is told: that the paper was out of sight and for how long, that the network went and came, that
 * something was pasted and how long it was. Never what. A person may look at it; nothing follows from it by itself.
 */
const GLANCE = 1000; // shorter absences are a slip of the hand

/** watch(note, slot): `note(kind, detail)` takes each event, `slot()` says which question is open. */
export function watch(note, slot) {
  let away = null;
  let gone = null;
  let timer = 0;

  const seconds = (since) => Math.round((performance.now() - since) / 1000);
  const isAway = () => document.hidden || !document.hasFocus();

  /** Choosing a file takes the focus too, and is part of the work. */
  const isChoosing = () => document.activeElement?.type === "file";

  function look() {
    clearTimeout(timer);
    if (!isAway()) return back();
    if (away !== null || isChoosing()) return;
    const since = performance.now();
    timer = setTimeout(() => leave(since), document.hidden ? 0 : GLANCE);
  }

  function leave(since) {
    if (!isAway()) return;
    away = since;
    note("hidden", { slot: slot() });
  }

  function back() {
    if (away === null) return;
    note("shown", { slot: slot(), seconds: seconds(away) });
    away = null;
  }

  // Leaving the page is not looking away from it.
  addEventListener("pagehide", () => document.removeEventListener("visibilitychange", look));
  document.addEventListener("visibilitychange", look);
  addEventListener("blur", look);
  addEventListener("focus", look);
  addEventListener("offline", () => {
    gone ??= performance.now();
    note("offline", { slot: slot() });
  });
  addEventListener("online", () => {
    note("online", { slot: slot(), seconds: gone === null ? 0 : seconds(gone) });
    gone = null;
  });
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text") ?? "";
    note("pasted", { slot: slot(), characters: [...text].length });
  });
}
