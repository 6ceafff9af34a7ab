// A screen that stands in a room for hours: it says when it no longer hears from the server, and that it does again.
const silence = document.getElementById("silence");
const quiet = (is) => { if (silence) silence.hidden = !is; };
document.body.addEventListener("htmx:sendError", () => quiet(true));
document.body.addEventListener("htmx:timeout", () => quiet(true));
document.body.addEventListener("htmx:responseError", (event) => {
  // The session of the login is over, or the room is closed: the page itself says so.
  if (event.detail.xhr.status === 404 || event.detail.xhr.status === 403) window.location.reload();
  else quiet(true);
});
document.body.addEventListener("htmx:beforeSwap", (event) => {
  // A login page instead of the board: load the page anew, which leads to the door and back.
  if (event.detail.xhr.responseURL.includes("/accounts/login/")) {
    event.detail.shouldSwap = false;
    window.location.reload();
  } else quiet(event.detail.isError);
});
