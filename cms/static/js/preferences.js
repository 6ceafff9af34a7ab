/**
 * 大字 and 夜间 take effect at once and are saved in the background, so that nobody loses an unsaved answer to a
 * page load. Without this module the same forms post and the page comes back in the chosen dress.
 */
const root = document.documentElement;
const darkDevice = window.matchMedia("(prefers-color-scheme: dark)");

const switches = {
  size: {
    isOn: () => root.dataset.size === "large",
    set: (on) => (on ? (root.dataset.size = "large") : delete root.dataset.size),
    value: (on) => (on ? "large" : "normal"),
  },
  theme: {
    isOn: () => (root.dataset.theme ?? (darkDevice.matches ? "dark" : "light")) === "dark",
    set: (on) => (root.dataset.theme = on ? "dark" : "light"),
    value: (on) => (on ? "dark" : "light"),
  },
};

/** Shows what is on now; the button's value is what pressing it next would choose. */
function refresh(button) {
  const { isOn, value } = switches[button.name];
  button.setAttribute("aria-pressed", String(isOn()));
  button.value = value(!isOn());
}

function save(form, button, value) {
  const body = new FormData(form);
  body.set(button.name, value);
  // A lost save costs the reader one more press on the next page; it must not take this page away.
  return fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
}

for (const form of document.querySelectorAll("form[data-preference]")) {
  const button = form.querySelector("button");
  refresh(button);
  if (button.name === "theme") darkDevice.addEventListener("change", () => refresh(button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { isOn, set, value } = switches[button.name];
    const on = !isOn();
    set(on);
    refresh(button);
    save(form, button, value(on));
  });
}
