// What a reader says of a scan: places, outlines, what is left open, and what is saved.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addMark,
  isHalfDrawn,
  listOpen,
  movePlace,
  openAnswer,
  placeAt,
  undoMark,
  writeAnswers,
} from "../../../src/sonolens/reading_task/browser/marks.mjs";

const SIZE = { rows: 10, cols: 20 };
const BOX = { left: 100, top: 50, width: 200, height: 100 };
const DONE = { ...openAnswer("a"), point: [1, 2], contour: [[0, 0], [0, 5], [5, 5]], birads: "3", confidence: 2 };

test("a place of the screen is a place of the scan, whose whole numbers are pixel centres", () => {
  assert.deepEqual(placeAt({ x: 105, y: 55 }, BOX, SIZE), [0, 0]);
  assert.deepEqual(placeAt({ x: 300, y: 150 }, BOX, SIZE), [9.5, 19.5]);
  assert.deepEqual(placeAt({ x: 0, y: 999 }, BOX, SIZE), [9.5, -0.5]);
});

test("keys move by a hundredth of the longer side, and stay on the scan", () => {
  assert.deepEqual(movePlace([5, 5], [1, -1], SIZE), [5.2, 4.8]);
  assert.deepEqual(movePlace([9.4, 0], [5, -50], SIZE), [9.5, -0.5]);
});

test("a point takes the place of the one before, a corner goes to the end, and both are taken back", () => {
  let answer = addMark(addMark(openAnswer("a"), "point", [1, 1]), "point", [2, 2]);
  assert.deepEqual(answer.point, [2, 2]);
  answer = addMark(addMark(answer, "contour", [1, 1]), "contour", [3, 3]);
  assert.deepEqual(undoMark(answer, "contour").contour, [[1, 1]]);
  assert.equal(undoMark(answer, "point").point, null);
});

test("what is open is told, and an outline of two corners is half drawn", () => {
  assert.deepEqual(listOpen(DONE), []);
  assert.deepEqual(listOpen(openAnswer("a")), ["the point", "the outline", "BI-RADS", "the confidence"]);
  assert.equal(isHalfDrawn({ ...DONE, contour: [[0, 0], [1, 1]] }), true);
  assert.equal(isHalfDrawn(openAnswer("a")), false);
});

test("saved are the scans that were read, in their order, those with nothing marked among them", () => {
  const task = { format: 1, task: "t", scans: ["a", "b", "c"].map((code) => ({ code, ...SIZE, picture: "" })) };
  const nothing = { ...openAnswer("c"), done: true, seconds: 1.26 };
  const answers = new Map([["c", nothing], ["a", DONE], ["b", { ...openAnswer("b"), seconds: 9 }]]);
  const written = writeAnswers(task, "A", answers);
  assert.deepEqual(written.answers.map(({ code }) => code), ["a", "c"]);
  assert.deepEqual(written.answers[1], { code: "c", point: null, contour: null, birads: null, confidence: null, seconds: 1.3 });
});
