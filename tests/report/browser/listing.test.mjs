// Filters and orders of three cases.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readCases, readMap, regionOf } from "../../../src/sonolens/report/browser/data.mjs";
import { choose, judge, noFilters, notesOf, sort, valuesOf } from "../../../src/sonolens/report/browser/listing.mjs";

const extreme = (inside) => ({ inside, points: inside ? "1 2" : "", tied: inside ? 1 : 0 });
const COLUMNS = {
  method: ["cam", "cam", "cam"],
  run: ["r", "r", "r"],
  scan_id: ["b", "a", "__proto__"],
  lesion_id: ["l1", "l2", "l3"],
  patient_id: ["p1", "p2", "p3"],
  label: ["malignant", "benign", "benign"],
  called: [false, false, true],
  birads: [null, "4a", "3"],
  probability: [0.2, 0.3, 0.9],
  descriptors: ["margin: spiculated; halo: present", null, null],
  findings: [null, "tiny_scan", null],
  max_region: ["mass", "other", "none"],
  min_region: ["other", "below", "none"],
  max_distance_mm: [0, 7.5, null],
  min_distance_mm: [9, 3, null],
};
const scan = { rows: 4, cols: 6, cells: { "1x1": "0 9 0 1" }, drawn: "1 0 2" };
const TOLD = {
  n: 3,
  columns: COLUMNS,
  scans: JSON.parse(`{"a": ${JSON.stringify(scan)}, "b": ${JSON.stringify(scan)}, "__proto__": ${JSON.stringify(scan)}}`),
  maps: {
    "cam/r/b": { shape: "1x1", max: extreme("1 9 0 1"), min: extreme("0 9 0 1") },
    "cam/r/a": { shape: "1x1", max: extreme("0 9 0 1"), min: extreme("0 2 2 1") },
    "cam/r/__proto__": { shape: "1x1", max: extreme(""), min: extreme("") },
  },
};
const cases = readCases(TOLD);
const NOW = { rule: "either", ring: 0 };
const ids = (found) => found.map((each) => each.scan_id);
const where = (changes, play = NOW) => ids(choose(cases, { ...noFilters(), ...changes }, play));

test("without a filter all pass, in their order", () => {
  assert.deepEqual(where({}), ["b", "a", "__proto__"]);
});

test("a column is filtered by what it says, and what is unknown has a word", () => {
  assert.deepEqual(where({ equal: { label: "benign", call: "" } }), ["a", "__proto__"]);
  assert.deepEqual(where({ equal: { birads: "unknown" } }), ["b"]);
  assert.deepEqual(valuesOf(cases, "birads"), ["3", "4a", "unknown"]);
});

test("hits, regions and distances follow rule and ring", () => {
  assert.deepEqual(where({ hit: "hit" }), ["b", "a"]);
  assert.deepEqual(where({ hit: "hit" }, { rule: "max", ring: 0 }), ["b"]);
  assert.deepEqual(where({ hit: "constant map" }), ["__proto__"]);
  assert.deepEqual(where({ region: "below" }), ["a"]);
  assert.deepEqual(where({ region: "peritumoral" }, { rule: "either", ring: 2 }), ["a"]);
  assert.deepEqual(where({ distance: [1, 5] }), ["a"]);
  assert.equal(regionOf(cases[1], "min", 2), "peritumoral");
  assert.deepEqual(judge(cases[0], { rule: "decision", ring: 0 }).regions, ["other"]); // called benign: its minimum
});

test("a hit of one region is told from that of any, and a scan without the region counts in none", () => {
  assert.deepEqual(where({ hit: "hit", target: "mass" }), ["b"]);
  assert.deepEqual(where({ hit: "miss", target: "mass" }), ["a"]);
  assert.deepEqual(where({ hit: "counted", target: "below" }), ["b", "a"]);
  assert.deepEqual(where({ hit: "region absent", target: "below" }, { rule: "either", ring: 2 }), ["b", "a"]);
  assert.deepEqual(where({ hit: "counted", target: "below" }, { rule: "either", ring: 2 }), []);
  assert.deepEqual(where({ target: "mass" }), ["b", "a", "__proto__"]);
});

test("a tie of which some cells lie in a region hits in part", () => {
  const tied = { ...cases[0], max: [[1, 9, 0, 0.5], [0, 9, 0, 0.5]] };
  assert.equal(judge(tied, { rule: "max", ring: 0 }).hit, "in part");
  const filters = { ...noFilters(), hit: "reached" };
  assert.equal(choose([tied], filters, { rule: "max", ring: 0 }).length, 1);
  assert.equal(judge({ ...tied, max: Array(6).fill([1, 9, 0, 1 / 6]) }, { rule: "max", ring: 0 }).hit, "hit");
});

test("notes, ids and probabilities are filtered too", () => {
  assert.deepEqual(notesOf(cases[0]), ["margin: spiculated", "halo: present"]);
  assert.deepEqual(where({ finding: "tiny_scan" }), ["a"]);
  assert.deepEqual(where({ text: " P3 " }), ["__proto__"]);
  assert.deepEqual(where({ probability: [0.25, null] }), ["a", "__proto__"]);
});

test("an order puts what has no value last, both ways", () => {
  assert.deepEqual(ids(sort(cases, { by: "distance", descending: false }, NOW)), ["b", "a", "__proto__"]);
  assert.deepEqual(ids(sort(cases, { by: "distance", descending: true }, NOW)), ["a", "b", "__proto__"]);
  assert.deepEqual(ids(sort(cases, { by: "probability", descending: true }, NOW)), ["__proto__", "a", "b"]);
  assert.deepEqual(ids(sort(cases, { by: "", descending: true }, NOW)), ["__proto__", "a", "b"]);
});

test("cells come back as they were written", () => {
  assert.deepEqual([...readMap({ rows: 1, cols: 2, largest: 1, cells: "AACAPwAAgL8=" }).cells], [1, -1]);
  assert.deepEqual([...readMap({ rows: 1, cols: 2, largest: 2.54, cells: "f4E=", steps: 127 }).cells].map((each) => each.toFixed(2)), ["2.54", "-2.54"]);
});
