// @ts-check
/** What stands under the pointer: where it is, the cell there, and what that cell adds to the logit. */
import { fromShare, pixelAt, toMm } from "./geometry.mjs";
import { fixed, signed } from "./words.mjs";

/** @typedef {import("./geometry.mjs").CellMap} CellMap */
/** @typedef {import("./data.mjs").Case} Case */
/** @typedef {{ adds_up: "mean" | "sum" | "difference" | null }} Method */

/**
 * Say what a place shows.
 * @param {Case} shown
 * @param {CellMap} map
 * @param {Method} method
 * @param {{ down: number, across: number, region: string }} place Shares of the field of view, and the region there.
 */
export function describe(shown, map, method, { down, across, region }) {
  const row = pixelAt(fromShare(down, map.rows), map.rows);
  const col = pixelAt(fromShare(across, map.cols), map.cols);
  const value = map.cells[row * map.cols + col];
  const cell = `cell ${row + 1}, ${col + 1} of ${map.rows} × ${map.cols}: ${signed(value)}`;
  return `${placeOf(shown, down, across)} · ${region} · ${cell}; ${shareOf(value, shown, map, method)}`;
}

/**
 * @param {Case} shown
 * @param {number} down
 * @param {number} across
 */
export function placeOf(shown, down, across) {
  const [row, col] = [fromShare(down, shown.rows), fromShare(across, shown.cols)];
  if (shown.spacing_row_mm === null || shown.spacing_col_mm === null) {
    return `${fixed(across * shown.cols, 0)} px across, ${fixed(down * shown.rows, 0)} px deep (spacing unknown)`;
  }
  return `${fixed(toMm(col, shown.spacing_col_mm), 1)} mm across, ${fixed(toMm(row, shown.spacing_row_mm), 1)} mm deep`;
}

/**
 * Say what a cell adds to the logit, or that cells of this method add up to nothing.
 * @param {number} value
 * @param {Case} shown
 * @param {CellMap} map
 * @param {Method} method
 */
export function shareOf(value, shown, map, { adds_up: addsUp }) {
  if (addsUp === null) return "no share of the logit, for cells of this method do not add up to it";
  const n = map.rows * map.cols;
  const total = Array.from(map.cells).reduce((sum, each) => sum + each, 0);
  const part = addsUp === "mean" ? value / n : value;
  const rest = shown.logit - (addsUp === "mean" ? total / n : total);
  const from = addsUp === "difference" ? "an even grey" : "the bias";
  return `adds ${signed(part)} to the logit ${signed(shown.logit)}, of which ${signed(rest)} is ${from}'s`;
}
