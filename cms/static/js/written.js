/**
 * What somebody writes is not lost when the login ran out before they sent it: it stays in this tab, and is filled in
 * again when the same person comes back to the same page. A paper keeps its own answers (assessments/sitting/).
 */
const KEY = "qinglan.written";
const who = document.querySelector('.tools a[href="/me/"]')?.textContent ?? "";
const areas = [...document.querySelectorAll('main form[method="post"] textarea[name]')].filter(
  (area) => !area.closest("#paper"),
);

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function keep(sent) {
  const fields = Object.fromEntries(areas.map((area) => [area.name, area.value]));
  store({ who, path: location.pathname, fields, sent });
}

function store(what) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(what));
  } catch {
    // Private windows and full disks: the page works as it did.
  }
}

/** Back on the page with nothing there that the server knows: what was written goes back to its place. */
function fillIn({ fields }) {
  const lost = areas.filter((area) => fields[area.name] && !area.value);
  for (const area of lost) area.value = fields[area.name];
  const words = document.getElementById("written-words");
  if (lost.length && words) words.replaceWith(words.content);
}

const written = kept();
const taken = document.querySelector('.notices [data-kind="good"]');
if (written && !who) {
  // A login instead of an answer: what was sent did not arrive.
  store({ ...written, sent: false });
} else if (written) {
  const arrived = written.sent && (taken || written.path !== location.pathname);
  if (arrived || written.who !== who) sessionStorage.removeItem(KEY);
  else if (written.path === location.pathname) fillIn(written);
}
for (const area of areas) {
  area.addEventListener("input", () => keep(false));
  area.form.addEventListener("submit", () => keep(true));
}
