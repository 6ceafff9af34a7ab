/**
 * One paper, one window: the newest writes. Windows of the same device tell each other at once, even without a network;
 * those elsewhere hear it from the server.
 *
 * fence(attempt, number, { newer }): `newer()` is called when a newer window has the paper. Gives { opened() }, which
 * tells the others about this one.
 */
export function fence(attempt, number, { newer }) {
  if (!("BroadcastChannel" in window)) return { opened() {} };
  const channel = new BroadcastChannel(`qinglan.${attempt}`);
  channel.addEventListener("message", ({ data }) => {
    if (data.fence > number) newer();
    else if (data.fence < number) channel.postMessage({ fence: number });
  });
  return { opened: () => channel.postMessage({ fence: number }) };
}
