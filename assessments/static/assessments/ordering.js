/**
 * An ordering question: every step keeps a place of its own, moved by 上移/下移 or by choosing the place. Without this
 * module the places are chosen one by one.
 *
 * arrange(list, changed): `list` is the [data-ordering] list; `changed()` is called after each move.
 */
export function arrange(list, changed = () => {}) {
  const selects = () => [...list.querySelectorAll("select")];

  function number() {
    for (const [at, row] of [...list.children].entries()) {
      row.querySelector("select").value = String(at + 1);
      row.querySelector('[data-step="-1"]').disabled = at === 0;
      row.querySelector('[data-step="1"]').disabled = at === list.children.length - 1;
    }
  }

  function place(row, at) {
    const others = [...list.children].filter((each) => each !== row);
    list.insertBefore(row, others[at] ?? null);
    number();
    changed();
  }

  if (!list.querySelector("[data-step]")) return; // answered and closed
  for (const buttons of list.querySelectorAll("[data-move]")) buttons.hidden = false;
  if (selects().every((select) => select.value)) number();
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const row = button.closest("li");
    place(row, [...list.children].indexOf(row) + Number(button.dataset.step));
    if (button.disabled) row.querySelector("[data-step]:enabled").focus();
    else button.focus();
  });
  list.addEventListener("change", (event) => {
    const row = event.target.closest("li");
    if (event.target.value) place(row, Number(event.target.value) - 1);
    else if (selects().some((select) => select.value)) number();
    row.querySelector("select").focus();
  });
}
