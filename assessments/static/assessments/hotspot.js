/**
 * A hotspot question: a tap on an area chooses it as its letter below does, and what is chosen shows on the picture.
 * Without this module the letters below the picture do everything.
 */
export function connect(picture) {
  const fieldset = picture.closest("fieldset, form");
  const inputOf = (id) => fieldset?.querySelector(`input[value="${CSS.escape(id)}"]:is([type="checkbox"], [type="radio"])`);

  function show() {
    for (const shape of picture.querySelectorAll("[data-spot]")) {
      if (inputOf(shape.dataset.spot)?.checked) shape.dataset.state = "chosen";
      else delete shape.dataset.state;
    }
  }

  const first = picture.querySelector("[data-spot]");
  const input = first && inputOf(first.dataset.spot);
  if (!input || input.disabled || "live" in picture.dataset) return; // answered and closed, or connected already
  picture.dataset.live = "";
  picture.addEventListener("click", (event) => {
    const shape = event.target.closest("[data-spot]");
    if (shape) inputOf(shape.dataset.spot).click();
  });
  fieldset.addEventListener("change", show);
  show();
}

for (const picture of document.querySelectorAll("[data-hotspot]")) connect(picture);
