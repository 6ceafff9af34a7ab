// On pages around a sitting: what it left on this device is sent, and what the server says about it is shown once.
import { sendLeftovers } from "./leftovers.js";

const said = new Set();

function show({ message }) {
  if (!message || said.has(message)) return;
  said.add(message);
  const notice = document.createElement("p");
  notice.className = "notice notices";
  notice.setAttribute("role", "status");
  notice.textContent = message;
  document.getElementById("main").prepend(notice);
}

sendLeftovers({ told: show }).catch(() => {});
addEventListener("online", () => sendLeftovers({ told: show }).catch(() => {}));
