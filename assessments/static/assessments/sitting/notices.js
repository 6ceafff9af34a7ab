/** What the page has to say above the question: each notice stands there hidden until it is needed, and is said aloud. */
import { announce } from "./words.js";

const box = (name) => document.getElementById(`notice-${name}`);

/** notices(form): show and hide by name, say(name, text), and `lock`, after which nothing can be written any more. */
export function notices(form) {
  let still = false;
  let locked = false;

  function show(name) {
    if (!box(name).hidden) return;
    box(name).hidden = false;
    announce(box(name).textContent.trim().replace(/\s+/g, " "));
  }

  /** For what somebody has just asked for: where it can be seen. */
  function answer(name) {
    show(name);
    box(name).scrollIntoView({ block: "center" });
  }

  function hide(name) {
    box(name).hidden = true;
  }

  function say(name, text) {
    const place = box(name).querySelector("[data-text]");
    if (!box(name).hidden && place.textContent === text) return;
    place.textContent = text;
    box(name).hidden = true;
    show(name);
  }

  /** For the question that is open now, and for the bar's button. */
  function apply() {
    form.toggleAttribute("data-locked", still);
    for (const part of form.querySelectorAll("fieldset, [name=flag]:not([data-shut])")) part.disabled = still;
    for (const button of document.querySelectorAll('[name="go"]:is([value="finish"], [value="check"])')) button.disabled = still;
  }

  function hold(on) {
    still = on;
    apply();
  }

  return {
    show,
    answer,
    hide,
    say,
    apply,
    get isLocked() {
      return locked;
    },
    /** Time is over, and the server said so: nothing is added while what was written goes out. */
    finishing() {
      hide("over");
      show("finishing");
      hold(true);
    },
    /** There is time after all. */
    goOn() {
      hide("over");
      hide("finishing");
      if (!locked) hold(false);
    },
    /** For good, by the notice that says why: a newer window has the paper, or it was handed in. */
    lock(name, text) {
      if (locked) return;
      locked = true;
      for (const other of ["over", "finishing", "unreachable", "unsent", "stay"]) hide(other);
      hold(true);
      if (text) say(name, text);
      else show(name);
      box(name).scrollIntoView({ block: "center" });
      box(name).querySelector("a").focus({ preventScroll: true });
    },
  };
}
