// @ts-check
/** What the page carries of its cases, read into objects. */
import { readPlaces } from "./game.mjs";

/** @typedef {import("./game.mjs").Player} Player */
/** @typedef {import("./geometry.mjs").CellMap} CellMap */

/**
 * @typedef {object} Extreme
 * @property {string} region At the study's own ring.
 * @property {number | null} distance In mm from the mass.
 * @property {number | null} value
 * @property {number} tied How many points share it.
 * @property {[number, number][]} points Row and column in pixels of the scan; the first few of a tie.
 */

/**
 * @typedef {Record<string, any> & Player & {
 *   index: number, key: string, scan: string, rows: number, cols: number, extremes: { max: Extreme, min: Extreme }
 * }} Case A row of the table `cases`, by the names of its columns, with what it needs to play.
 */

/**
 * Read the rows, and what every case needs to play.
 * @param {any} told What the section wrote.
 * @returns {Case[]}
 */
export function readCases(told) {
  const scans = new Map(Object.entries(told.scans));
  const maps = new Map(Object.entries(told.maps));
  const cells = new Map();
  const columns = Object.entries(told.columns);
  return Array.from({ length: told.n }, (_, index) => {
    const row = Object.fromEntries(columns.map(([name, told]) => [name, Array.isArray(told) ? told[index] : told]));
    const key = `${row.method}/${row.run}/${row.scan_id}`;
    const scan = scans.get(row.scan_id);
    const map = maps.get(key);
    const places = `${row.scan_id}/${map.shape}`;
    if (!cells.has(places)) cells.set(places, readPlaces(scan.cells[map.shape]));
    return {
      ...row,
      index,
      key,
      scan: row.scan_id,
      rows: scan.rows,
      cols: scan.cols,
      cells: cells.get(places),
      drawn: readPlaces(`${scan.drawn} 1`)[0],
      max: readPlaces(map.max.inside),
      min: readPlaces(map.min.inside),
      call: row.called ? "malignant" : "benign",
      calledMalignant: row.called,
      extremes: { max: readExtreme(row, map.max, "max"), min: readExtreme(row, map.min, "min") },
    };
  });
}

/**
 * @param {Record<string, any>} row
 * @param {any} told
 * @param {string} name
 * @returns {Extreme}
 */
function readExtreme(row, told, name) {
  const points = told.points === "" ? [] : told.points.split(";");
  return {
    region: row[`${name}_region`],
    distance: row[`${name}_distance_mm`],
    value: row[`${name}_value`],
    tied: told.tied,
    points: points.map((/** @type {string} */ point) => /** @type {[number, number]} */ (point.split(" ").map(Number))),
  };
}

/**
 * Read the cells of a map: 32-bit floats, or signed bytes that count steps of its largest value.
 * @param {{ rows: number, cols: number, largest: number, cells: string, steps?: number }} told
 * @returns {CellMap}
 */
export function readMap({ rows, cols, largest, cells, steps }) {
  const bytes = Uint8Array.from(atob(cells), (letter) => letter.charCodeAt(0));
  const values = steps
    ? Float32Array.from(new Int8Array(bytes.buffer), (step) => (step * largest) / steps)
    : Float32Array.from({ length: rows * cols }, (_, cell) => new DataView(bytes.buffer).getFloat32(4 * cell, true));
  return { rows, cols, largest, cells: values };
}

/**
 * Name the region of an extreme with a ring; of a tie, that of its largest part.
 * @param {Case} each
 * @param {"max" | "min"} name
 * @param {number} ring
 */
export function regionOf(each, name, ring) {
  const { region } = each.extremes[name];
  if (region === "none" || region === "annotation") return region;
  const weights = new Map();
  for (const [mass, from, until, weight] of each[name]) {
    const here = mass ? "mass" : from <= ring ? "peritumoral" : ring < until ? "below" : "other";
    weights.set(here, (weights.get(here) ?? 0) + weight);
  }
  return [...weights].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}
