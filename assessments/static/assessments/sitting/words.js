/** The page's words, written by the server into <template id="words">, and the voice that says some of them aloud. */
const template = document.getElementById("words");
const words = template.content;
const voice = document.getElementById("announce");

/** word("offline", { NUMBER: 3 }) puts 3 where the words say NUMBER. */
export function word(name, values = {}) {
  let text = words.querySelector(`[data-word="${name}"]`).textContent;
  for (const [place, value] of Object.entries(values)) text = text.replace(place, () => value);
  return text;
}

/** For screen readers, when they have finished what they are saying. */
export function announce(text) {
  voice.textContent = text;
}


/** 14:02:11 by the site's clock, whatever this device believes where it is. */
export const timeOf = (moment) => new Date(moment).toLocaleTimeString("en-GB", { timeZone: template.dataset.zone });

/** 09:07; hours count as minutes. */
export function clockText(seconds) {
  const part = (number) => String(number).padStart(2, "0");
  return `${part(Math.floor(seconds / 60))}:${part(seconds % 60)}`;
}
