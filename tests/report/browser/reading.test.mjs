// Keys, words and the read-out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf } from "../../../src/sonolens/report/browser/keyboard.mjs";
import { placeOf, shareOf } from "../../../src/sonolens/report/browser/readout.mjs";
import { apart, counted, fixed, percent, signed } from "../../../src/sonolens/report/browser/words.mjs";

test("j and k walk, and never while something is typed or chosen", () => {
  assert.equal(actionOf({ key: "j" }), "next");
  assert.equal(actionOf({ key: "k", target: { tagName: "BUTTON" } }), "previous");
  assert.equal(actionOf({ key: "j", target: { tagName: "INPUT", type: "search" } }), null);
  assert.equal(actionOf({ key: "j", target: { tagName: "SELECT" } }), null);
  assert.equal(actionOf({ key: "j", target: { tagName: "INPUT", type: "range" } }), "next");
  assert.equal(actionOf({ key: "j", ctrlKey: true }), null);
  assert.equal(actionOf({ key: "Escape", target: { tagName: "INPUT", type: "search" } }), "close");
  assert.equal(actionOf({ key: "toString" }), null);
});

test("numbers bear a true minus, and no number is a dash", () => {
  assert.equal(fixed(-0.04, 1), "0.0");
  assert.equal(signed(-1.5), "−1.500");
  assert.equal(signed(0.00001), "+1.0e-5");
  assert.equal(percent(NaN), "–");
  assert.equal(fixed(null, 2), "–");
  assert.equal(counted(1, "case"), "1 case");
});

test("two numbers that differ are printed so that they differ", () => {
  assert.deepEqual(apart(0.4989, 0.499), ["0.4989", "0.4990"]);
  assert.deepEqual(apart(0.2, 0.5), ["0.20", "0.50"]);
  assert.deepEqual(apart(0.5, 0.5), ["0.50", "0.50"]);
});

const shown = { rows: 10, cols: 20, spacing_row_mm: 0.1, spacing_col_mm: 0.2, logit: 1.5 };

test("a place is told in mm from the top left corner, or in pixels where spacing is unknown", () => {
  assert.equal(placeOf(shown, 0.5, 0.5), "2.0 mm across, 0.5 mm deep");
  assert.equal(placeOf({ ...shown, spacing_row_mm: null }, 0.5, 0.5), "10 px across, 5 px deep (spacing unknown)");
});

test("a cell's share of the logit is said where cells add up, and not elsewhere", () => {
  const map = { rows: 1, cols: 2, largest: 3, cells: [3, -1] };
  assert.equal(shareOf(3, shown, map, { adds_up: "mean" }), "adds +1.500 to the logit +1.500, of which +0.500 is the bias's");
  assert.equal(shareOf(3, shown, map, { adds_up: "sum" }), "adds +3.000 to the logit +1.500, of which −0.500 is the bias's");
  assert.match(shareOf(3, shown, map, { adds_up: "difference" }), /is an even grey's$/);
  assert.match(shareOf(3, shown, map, { adds_up: null }), /^no share/);
});
