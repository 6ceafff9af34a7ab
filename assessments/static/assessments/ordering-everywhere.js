// Every ordering question of the page, for pages that have nothing else to do with it (lessons).
import { arrange } from "./ordering.js";

for (const list of document.querySelectorAll("[data-ordering]")) arrange(list);
