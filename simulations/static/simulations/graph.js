// Draws what leads where in a scenario. The table beside it says the same and is how the keyboard gets about.

import cytoscape from "../vendor/cytoscape.esm.min.js";
import dagre from "../vendor/cytoscape-dagre.esm.min.js";

cytoscape.use(dagre);

const STAGES = 8;
const WIDTH = 156;
const LETTER = 13;
const PAUSE = 400;
const READABLE = 0.8;

/** The colours of the page, light or dark. */
function look(root) {
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(`--ql-${name}`).trim();
  const stages = Array.from({ length: STAGES }, (_, n) => colour(`stage-${n}`));
  return [
    {
      selector: "node",
      style: {
        shape: "round-rectangle",
        width: WIDTH,
        height: "data(height)",
        label: "data(label)",
        "text-wrap": "wrap",
        "text-overflow-wrap": "anywhere",
        "text-max-width": WIDTH - 14,
        "text-valign": "center",
        "font-size": LETTER,
        "line-height": 1.25,
        "font-family": style.fontFamily || "sans-serif",
        color: colour("graph-ink"),
        "background-color": (node) => stages[node.data("stage") % STAGES] || colour("graph-ending"),
        "border-width": 1,
        "border-color": colour("graph-line"),
      },
    },
    { selector: "node[kind='ending'], node[kind='end']", style: { "background-color": colour("graph-ending") } },
    { selector: "node[kind='ending']", style: { shape: "barrel", "border-style": "double", "border-width": 3 } },
    { selector: "node[kind='end']", style: { shape: "round-octagon" } },
    { selector: "node[?here]", style: { "border-width": 4, "border-color": colour("graph-here") } },
    { selector: "node[?fault]", style: { "border-width": 4, "border-color": colour("graph-fault") } },
    { selector: "node[kind='missing']", style: { "background-opacity": 0, "border-style": "dashed" } },
    {
      selector: "edge",
      style: {
        width: 1.5,
        "curve-style": "bezier",
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.9,
        "line-color": colour("graph-line"),
        "target-arrow-color": colour("graph-line"),
        label: "data(label)",
        "font-size": 11,
        color: colour("graph-ink"),
        "text-background-color": colour("graph-ground"),
        "text-background-opacity": 0.9,
        "text-background-padding": 2,
      },
    },
    { selector: "edge[?conditional]", style: { "line-style": "dashed" } },
    { selector: "edge[?unseen]", style: { visibility: "hidden" } },
  ];
}

/** Id and title on lines of their own, cut after three lines, and the height they take. */
function label(node) {
  const perLine = Math.floor((WIDTH - 14) / LETTER);
  const [id, ...rest] = node.kind === "end" || node.name === node.id ? [node.name] : [node.id, node.name.slice(node.id.length + 1)];
  let title = rest.join(" ");
  if (title.length > 2 * perLine) title = `${title.slice(0, 2 * perLine - 1)}…`;
  const lines = [node.faults.length ? `⚠ ${id}` : id, ...(title ? [title] : [])];
  const count = lines.reduce((sum, line) => sum + Math.ceil(line.length / perLine), 0);
  return { label: lines.join("\n"), height: 14 + count * LETTER * 1.3 };
}

function elements({ nodes, edges, start }, here) {
  const led = new Set(edges.map((edge) => edge.target));
  const last = nodes.some((node) => node.id === "END") ? "END" : nodes.filter((node) => node.kind === "node").at(-1)?.id;
  const below = nodes
    .filter((node) => last && node.kind === "ending" && !led.has(node.id))
    .map((node) => ({ source: last, target: node.id, label: "", unseen: true }));
  return [
    ...nodes.map((node) => ({
      data: { ...node, ...label(node), fault: node.faults.length > 0, here: node.id === here, start: node.id === start },
    })),
    ...[...edges, ...below].map((edge) => ({ data: { ...edge, id: `${edge.source}→${edge.target}` } })),
  ];
}

const LAYOUT = { name: "dagre", rankDir: "TB", nodeSep: 26, rankSep: 44, edgeSep: 12, animate: false, fit: false };

/** The ways of the node whose form is open, as they stand in it just now. */
function typed(form, here) {
  const choices = new Map();
  const usual = [];
  for (const field of form.querySelectorAll("select[name$='.to'], select[name$='.next']")) {
    if (!field.value || field.closest("template")) continue;
    const own = field.name.match(/^choices\.(\d+)\./);
    const row = field.name.replace(/\.to$/, "");
    const condition = form.elements.namedItem(`${row}.cond`)?.value?.trim() || null;
    const into = own ? (choices.get(own[1]) ?? choices.set(own[1], []).get(own[1])) : usual;
    into.push({ to: field.value, cond: condition });
  }
  const origins = form.querySelectorAll("input[name^='choices.'][name$='._from']");
  const rows = [...origins].filter((field) => /^choices\.\d+\._from$/.test(field.name) && !field.closest("template"));
  return {
    node: here,
    next: usual,
    choices: rows.map((field, place) => {
      const number = field.name.split(".")[1];
      return { id: field.value || String.fromCharCode(97 + place), next: choices.get(number) ?? [] };
    }),
  };
}

class ScenarioGraph {
  constructor(root) {
    this.root = root;
    this.here = root.dataset.here;
    this.canvas = root.querySelector("[data-ql-graph-canvas]");
    this.asking = null;
    this.canvas.hidden = false;
    root.querySelector("[data-ql-graph-legend]").hidden = false;
    this.cy = cytoscape({
      container: this.canvas,
      style: look(root),
      minZoom: 0.04,
      maxZoom: 2,
      autoungrabify: true,
      boxSelectionEnabled: false,
      userZoomingEnabled: false, // the wheel goes on scrolling the page; there are buttons
    });
    root.querySelector("[data-ql-graph-tools]").hidden = false;
    root.addEventListener("click", (event) => this.zoom(event.target.closest?.("[data-ql-zoom]")?.dataset.qlZoom));
    this.cy.on("tap", "node", (event) => {
      const url = event.target.data("url");
      if (url) window.location.assign(url);
    });
    this.cy.on("mouseover", "node", (event) => {
      this.canvas.title = [event.target.data("name"), ...event.target.data("faults")].join("\n");
      this.canvas.style.cursor = event.target.data("url") ? "pointer" : "";
    });
    this.cy.on("mouseout", "node", () => {
      this.canvas.title = "";
      this.canvas.style.cursor = "";
    });
  }

  async load(body) {
    this.asking?.abort();
    this.asking = new AbortController();
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const posted = { method: "POST", body: JSON.stringify(body), headers: { "X-CSRFToken": token } };
    try {
      const answer = await fetch(this.root.dataset.url, { ...(body ? posted : {}), signal: this.asking.signal });
      if (answer.ok) this.draw(await answer.json());
    } catch {
      // overtaken by a newer question, or offline: the last picture stays
    }
  }

  draw(graph) {
    const begun = performance.now();
    const isFirst = this.cy.elements().empty();
    const opened = () => this.cy.getElementById(this.here).renderedPosition();
    const before = opened();
    this.cy.batch(() => {
      this.cy.elements().remove();
      this.cy.add(elements(graph, this.here));
    });
    this.cy.layout(LAYOUT).run();
    const after = opened();
    if (before && after) this.cy.panBy({ x: before.x - after.x, y: before.y - after.y });
    if (isFirst) this.centre(graph.start);
    else this.root.querySelector("[data-ql-graph-sum]").textContent = graph.said;
    // read by the benchmark of the picture
    this.root.dataset.milliseconds = Math.round(performance.now() - begun);
  }

  zoom(how) {
    if (!how) return;
    if (how === "all") this.cy.fit(undefined, 16);
    else {
      const middle = { x: this.cy.width() / 2, y: this.cy.height() / 2 };
      this.cy.zoom({ level: this.cy.zoom() * (how === "in" ? 1.3 : 1 / 1.3), renderedPosition: middle });
    }
  }

  /** Everything where it fits readably; else what is open in the middle, or the start at the top. */
  centre(start) {
    this.cy.fit(undefined, 16);
    if (this.cy.zoom() >= READABLE) {
      if (this.cy.zoom() > 1) {
        this.cy.zoom(1);
        this.cy.center();
      }
      return;
    }
    const opened = this.cy.getElementById(this.here);
    const node = opened.nonempty() ? opened : this.cy.getElementById(start);
    this.cy.zoom(READABLE);
    if (node.nonempty()) this.cy.center(node);
    if (opened.empty()) this.cy.panBy({ x: 0, y: 50 - this.cy.height() / 2 });
  }
}

/** Draws a graph once it can be seen: a closed panel has no size yet. */
function begin(root) {
  const graph = new ScenarioGraph(root);
  graph.load();
  const form = graph.here ? document.querySelector("form#ql-part") : null;
  let timer = 0;
  form?.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => graph.load(typed(form, graph.here)), PAUSE);
  });
}

const watching = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    watching.unobserve(entry.target);
    begin(entry.target);
  }
});
for (const root of document.querySelectorAll("[data-ql-graph]")) {
  root.querySelector("[data-ql-graph-list]").open = false;
  watching.observe(root);
}
