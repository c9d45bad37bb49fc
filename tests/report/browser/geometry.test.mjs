// Positions and maps, against answers known beforehand; `test_scripts.py` holds them against Python on odd sizes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromShare, interpolation, pixelAt, resample, rescale, scaleBar, toMm } from "../../../src/sonolens/report/browser/geometry.mjs";

test("a pixel reaches half a pixel to either side of its centre", () => {
  assert.equal(toMm(0, 0.1), 0.05);
  assert.equal(fromShare(0, 8), -0.5);
  assert.equal(fromShare(1, 8), 7.5);
  assert.equal(rescale(111.5, 224, 600), 299.5);
});

test("the edge of two pixels belongs to the next one, and what lies outside to the nearest", () => {
  assert.deepEqual([0.5, 1.49, -3, 9].map((place) => pixelAt(place, 4)), [1, 1, 0, 3]);
});

test("a map is level beyond its outer cell centres and linear between them", () => {
  const map = { rows: 1, cols: 2, largest: 1, cells: [0, 1] };
  assert.deepEqual([...resample(map, 1, 4)], [0, 0.25, 0.75, 1]);
  assert.deepEqual([...resample({ rows: 1, cols: 1, largest: 3, cells: [3] }, 2, 2)], [3, 3, 3, 3]);
  assert.deepEqual([...interpolation(3, 1).weight], [0, 0, 0]);
});

test("a scale bar takes two fifths of the width at most, and counts pixels without spacing", () => {
  assert.deepEqual(scaleBar(400, 0.1), { text: "10 mm", share: 0.25 });
  assert.deepEqual(scaleBar(200, 0.1), { text: "5 mm", share: 0.25 });
  assert.deepEqual(scaleBar(400, null), { text: "100 px", share: 0.25 });
  assert.ok(scaleBar(2, 0.01).share <= 1);
});
