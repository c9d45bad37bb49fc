// @ts-check
/** One case: its scan twice, with what speaks for malignant and what for benign, and what is known of it. */
import { readMap, regionOf } from "./data.mjs";
import { find, findAll, make } from "./elements.mjs";
import { drawCase, loadPicture, readLevels, regionAt, REGION_WORDS } from "./pictures.mjs";
import { describe } from "./readout.mjs";
import { nameRegion } from "./table.mjs";
import { apart, fixed, signed } from "./words.mjs";

/** @typedef {import("./data.mjs").Case} Case */

const MOST_PIXELS = 960;
/** Where the arrows lead, in cells.
 * @type {Record<string, [number, number]>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
/** @type {[string, string][]} */
const FACTS = [
  ["birads", "BI-RADS"],
  ["view", "View"],
  ["device", "Device"],
  ["lesion_id", "Lesion"],
  ["patient_id", "Patient"],
  ["descriptors", "Noted"],
  ["findings", "Screening"],
  ["method", "Method"],
  ["run", "Run"],
];

/**
 * Make the viewer.
 * @param {{ scans: Map<string, any>, maps: Map<string, any>, methods: Map<string, any>, shown: number, total: number }} told
 */
export function openViewer(told) {
  /** @type {{ shown: Case, image: HTMLImageElement, levels: any, map: any } | null} */
  let open = null;
  let ring = 0;
  let asked = 0;

  const draw = () => {
    if (!open) return;
    const { shown } = open;
    const tall = (shown.rows * (shown.spacing_row_mm ?? 1)) / (shown.cols * (shown.spacing_col_mm ?? 1));
    for (const canvas of findAll("map")) {
      const width = Math.min(Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)), MOST_PIXELS);
      if (!width) continue;
      [canvas.width, canvas.height] = [width, Math.max(1, Math.round(width * tall))];
      drawCase(canvas, {
        ...open,
        sign: canvas.dataset.map === "malignant" ? 1 : -1,
        opacity: Number(find("opacity").value) / 100,
        ring,
        outlines: find("show-outlines").checked,
        crosses: find("show-crosses").checked,
      });
    }
  };

  /** @type {[number, number]} */
  let place = [0.5, 0.5];

  /**
   * @param {number} toDown
   * @param {number} toAcross
   */
  const read = (toDown, toAcross) => {
    if (!open) return;
    const [down, across] = [toDown, toAcross].map((share) => Math.min(Math.max(share, 0), 1));
    place = [down, across];
    const region = REGION_WORDS[regionAt(open.levels, down, across, ring)];
    const method = told.methods.get(open.shown.method) ?? { adds_up: null };
    find("readout").textContent = describe(open.shown, open.map, method, { down, across, region });
  };

  /** @param {PointerEvent} event */
  const point = (event) => {
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    read((event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width);
  };

  /** @param {KeyboardEvent} event */
  const step = (event) => {
    if (!open || !Object.hasOwn(STEPS, event.key)) return;
    const [down, across] = STEPS[event.key];
    const { rows, cols } = open.map;
    read((Math.floor(place[0] * rows) + down + 0.5) / rows, (Math.floor(place[1] * cols) + across + 0.5) / cols);
    event.preventDefault();
  };

  for (const canvas of findAll("map")) {
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("keydown", step);
  }
  for (const hook of ["opacity", "show-outlines", "show-crosses"]) find(hook).addEventListener("input", draw);
  new ResizeObserver(draw).observe(find("case-pictures-row"));

  return {
    /**
     * Show a case, or that there is none.
     * @param {Case | null} shown
     * @param {number} nowRing
     */
    async show(shown, nowRing) {
      ring = nowRing;
      asked += 1;
      const mine = asked;
      find("case-view").hidden = shown === null;
      if (shown === null) return;
      describeCase(shown, ring, told.methods.get(shown.method));
      const [scan, map] = [told.scans.get(shown.scan_id), told.maps.get(shown.key)];
      const has = Boolean(scan?.picture && map?.cells);
      find("case-pictures-row").hidden = !has;
      find("no-picture").hidden = has;
      find("readout").textContent = has ? "Point at a scan to read it." : "";
      open = null;
      if (!has) return;
      const [image, regions] = await Promise.all([loadPicture(scan.picture), loadPicture(scan.regions)]);
      if (mine !== asked) return; // another case was opened meanwhile
      find("map-limit").textContent = signed(told.maps.get(shown.key).largest).replace("+", "");
      open = { shown, image, levels: readLevels(regions), map: readMap(map) };
      draw();
    },
    /**
     * Draw the open case with another ring.
     * @param {number} nowRing
     */
    widen(nowRing) {
      ring = nowRing;
      if (open) {
        describeCase(open.shown, ring, told.methods.get(open.shown.method));
        draw();
      }
    },
  };
}

/**
 * @param {Case} shown
 * @param {number} ring
 * @param {any} method
 */
function describeCase(shown, ring, method) {
  find("case-title").textContent = shown.scan_id;
  const verdict = find("case-verdict");
  verdict.textContent = `${shown.label}, called ${shown.call}: ${shown.outcome}`;
  verdict.classList.toggle("wrong", !shown.correct);
  const size = shown.mass_mm === null ? "" : ` · mass ${fixed(shown.mass_mm, 1)} mm`;
  const [probability, threshold] = apart(shown.probability, shown.threshold ?? Infinity);
  find("case-call").textContent = `probability ${probability}, threshold ${threshold} · logit ${signed(shown.logit)}${size}`;
  const known = FACTS.filter(([column]) => shown[column] !== null && shown[column] !== undefined);
  const points = ["max", "min"].map((name) => pair(...describeExtreme(shown, /** @type {"max" | "min"} */ (name), ring)));
  find("case-facts").replaceChildren(...points, ...known.map(([column, word]) => pair(word, column === "findings" ? shown[column].replaceAll("_", " ") : String(shown[column]))));
  find("unsigned-note").hidden = method?.signed !== false;
}

/**
 * @param {Case} shown
 * @param {"max" | "min"} name
 * @param {number} ring
 * @returns {[string, string]}
 */
function describeExtreme(shown, name, ring) {
  const word = name === "max" ? "Maximum (+)" : "Minimum (−)";
  const { distance, value, tied } = shown.extremes[name];
  if (tied === 0) return [word, "none: the map is constant"];
  const away = distance === null ? "" : `, ${fixed(distance, 1)} mm from the mass`;
  const tie = tied > 1 ? `, first of ${tied} that tie` : "";
  return [word, `${nameRegion(regionOf(shown, name, ring))}${away}, value ${signed(value ?? NaN)}${tie}`];
}

/**
 * @param {string} word
 * @param {string} text
 */
function pair(word, text) {
  return make("div", {}, make("dt", {}, word), make("dd", {}, text));
}
