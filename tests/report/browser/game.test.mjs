// The game on places written down by hand; `tests/pipelines/test_cases.py` holds it against the study's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { applyRule, hitsOf, normalQuantile, play, readPlaces, regionsOf, wilson } from "../../../src/sonolens/report/browser/game.mjs";

const IN_MASS = [1, 9, 0, 1];
const BELOW_UNTIL_TWO = [0, 2, 2, 1];
const ELSEWHERE = [0, 9, 0, 1];
const player = (max, min, calledMalignant = true) => ({
  max, min, calledMalignant, cells: [[1, 9, 0, 1], [0, 2, 2, 1], [0, 9, 0, 2]], drawn: [1, 2, 2, 1],
});

test("a place below the mass is there until a ring takes it", () => {
  const at = (ring) => regionsOf(BELOW_UNTIL_TWO, ring);
  assert.deepEqual(at(1), { mass: false, peritumoral: false, below: true, any: true });
  assert.deepEqual(at(2), { mass: false, peritumoral: true, below: false, any: true });
});

test("a rule asks one extreme or either", () => {
  assert.equal(applyRule("either", 0.5, 0.5, true), 0.75);
  assert.equal(applyRule("max", 1, 0, false), 1);
  assert.equal(applyRule("min", 1, 0, true), 0);
  assert.equal(applyRule("decision", 1, 0, true), 1);
  assert.equal(applyRule("decision", 1, 0, false), 0);
});

test("chance moves with the ring", () => {
  const [, , narrow] = play([player([IN_MASS], [ELSEWHERE])], { rule: "max", ring: 1, confidence: 0.95 });
  const [, , wide] = play([player([IN_MASS], [ELSEWHERE])], { rule: "max", ring: 2, confidence: 0.95 });
  assert.equal(narrow.region, "peritumoral");
  assert.equal(narrow.n, 0); // no pixel of so narrow a ring
  assert.equal(narrow.empty, 1);
  assert.equal(wide.chance, 0.25);
});

test("a constant map is counted apart and points nowhere", () => {
  assert.equal(hitsOf(player([], []), "either", 1), null);
  const [any] = play([player([], []), player([IN_MASS], [ELSEWHERE])], { rule: "either", ring: 1, confidence: 0.95 });
  assert.deepEqual([any.n, any.hits, any.silent, any.rate], [1, 1, 1, 1]);
});

test("nothing counted is no rate", () => {
  const rates = play([], { rule: "either", ring: 0, confidence: 0.95 });
  assert.ok(rates.every((each) => each.n === 0 && Number.isNaN(each.rate) && Number.isNaN(each.low)));
});

test("Wilson's interval is the published one, and ends at 0 and 1 exactly", () => {
  const [low, high] = wilson(8, 10, 0.95);
  assert.equal(low.toFixed(3), "0.490");
  assert.equal(high.toFixed(3), "0.943");
  assert.equal(wilson(0, 5, 0.95)[0], 0);
  assert.equal(wilson(5, 5, 0.95)[1], 1);
  for (const [p, z] of [[0.975, 1.959963984540054], [0.95, 1.6448536269514722], [0.9995, 3.290526731491926]]) {
    assert.ok(Math.abs(normalQuantile(p) - z) < 1e-9);
  }
});

test("places are read from text, and no text is no place", () => {
  assert.deepEqual(readPlaces("0 3 3 0.5;1 9 0 2"), [[0, 3, 3, 0.5], [1, 9, 0, 2]]);
  assert.deepEqual(readPlaces(""), []);
});
