/** A question was stored: what the browser kept of its form in case the login had run out (admin-edit.js) goes. */
const KEY = "qinglan.question";
const stored = new URLSearchParams(location.search).get("stored");
try {
  if (stored && JSON.parse(sessionStorage.getItem(KEY))?.mark === stored) sessionStorage.removeItem(KEY);
} catch {
  sessionStorage.removeItem(KEY);
}
