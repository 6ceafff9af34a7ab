/**
 * Files of an answer go up as they are chosen, one after the other, each with its state in words. What the network
 * swallowed is sent again when it is back, or by the button; what the server refuses says why and can be put aside.
 * Without this module the form itself hands them in.
 *
 * collect({ root, list, token, next, changed, word }): `root` holds the question, `next()` gives the number of a save,
 * `changed()` is called when the answer has another file. Gives { settled(), waiting() }: a promise for what is under
 * way, and whether a file is not handed in yet.
 */
export function collect({ root, list, token, next, changed, word }) {
  const choice = root.querySelector('input[type="file"]');
  let queue = Promise.resolve();

  const rows = (...states) => [...list.children].filter((row) => states.includes(row.dataset.state));

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function add(file) {
    const row = element("li", {}, element("span", {}, element("bdi", { textContent: file.name })));
    list.append(row);
    row.again = () => {
      say(row, "busy", word("uploading"));
      queue = queue.then(() => send(file, row));
    };
    row.again();
  }

  function say(row, state, text, ...buttons) {
    row.dataset.state = state;
    row.replaceChildren(row.firstElementChild, element("small", { textContent: text }), ...buttons);
    choice.disabled = rows("saved", "busy").length >= Number(list.dataset.most);
  }

  async function send(file, row, isSecond = false) {
    const data = new FormData();
    data.append("sequence", next());
    data.append(choice.name, file);
    let reply;
    try {
      const headers = { "X-Attempt-Token": token };
      reply = await fetch(list.dataset.files, { method: "POST", credentials: "omit", headers, body: data });
    } catch {
      return fail(row, word("failed"), true);
    }
    const answer = await reply.json().catch(() => ({}));
    if (reply.ok && !answer.held) return keep(row, answer);
    // The same question was saved meanwhile, with a higher number: this time the file comes after it.
    if (["superseded", "sequence_reused"].includes(answer.error) && !isSecond) return send(file, row, true);
    return fail(row, answer.message ?? word("failed"), !answer.message);
  }

  function fail(row, text, mayTryAgain) {
    const again = element("button", { type: "button", className: "button quiet small", textContent: word("retry") });
    const aside = element("button", { type: "button", className: "button quiet small", textContent: word("dismiss") });
    again.addEventListener("click", row.again);
    aside.addEventListener("click", () => {
      row.remove();
      choice.disabled = rows("saved", "busy").length >= Number(list.dataset.most);
      choice.focus();
    });
    say(row, mayTryAgain ? "failed" : "refused", text, ...(mayTryAgain ? [again] : []), aside);
  }

  function keep(row, { value, sha256, name, address }) {
    for (const other of rows("saved")) if (other.querySelector("input")?.value === value) other.remove();
    const back = element("button", { name: "take_back", value: sha256, className: "button quiet small", textContent: word("take_back") });
    back.setAttribute("aria-label", word("take_back_file").replace("NAME", () => name));
    const link = element("a", { href: address }, element("bdi", { textContent: name }));
    row.replaceChildren(element("span", {}, link));
    const hadFocus = document.activeElement === choice;
    say(row, "saved", word("handed_in"), back);
    row.prepend(element("input", { type: "hidden", name: "answer", value }));
    if (hadFocus && choice.disabled) back.focus();
    changed();
  }

  choice.addEventListener("change", () => {
    for (const file of choice.files) add(file);
    choice.value = "";
  });
  addEventListener("online", () => rows("failed").forEach((row) => row.again()));

  return {
    settled: async () => {
      while (rows("busy").length) await queue;
    },
    waiting: () => rows("busy", "failed").length > 0,
  };
}
