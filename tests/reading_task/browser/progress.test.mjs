// Between two sittings, the time in sight, and the keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import { askedBy } from "../../../src/sonolens/reading_task/browser/keys.mjs";
import { Clock, keep, readKept } from "../../../src/sonolens/reading_task/browser/progress.mjs";

test("what was kept of a task returns, and of another nothing", () => {
  const held = new Map();
  const store = { getItem: (name) => held.get(name) ?? null, setItem: (name, text) => held.set(name, text) };
  const kept = { reader: "A", place: 2, answers: [] };
  assert.equal(keep(store, "one", kept), true);
  assert.deepEqual(readKept(store, "one"), kept);
  assert.equal(readKept(store, "other"), null);
});

test("a store that is full, absent or holds nonsense stops nothing", () => {
  const fails = () => { throw new Error("full"); };
  assert.equal(keep({ setItem: fails }, "t", { reader: "", place: 0, answers: [] }), false);
  assert.equal(readKept({ getItem: fails }, "t"), null);
  for (const text of ["{", "7", "{}", '{"answers": 1, "place": 0}']) assert.equal(readKept({ getItem: () => text }, "t"), null);
});

test("only the time in sight counts", () => {
  let now = 0;
  const clock = new Clock(() => now);
  clock.start();
  now = 2000;
  assert.equal(clock.take(), 2);
  now = 3000;
  assert.equal(clock.stop(), 1);
  now = 9000;
  assert.equal(clock.take(), 0);
  clock.start();
  now = 9500;
  assert.equal(clock.stop(), 0.5);
});

test("keys do nothing while a name is typed, and arrows only on the scan", () => {
  const here = { typing: false, onScan: true };
  assert.equal(askedBy({ key: "n" }, here), "next");
  assert.equal(askedBy({ key: "n" }, { ...here, typing: true }), null);
  assert.equal(askedBy({ key: "n", ctrlKey: true }, here), null);
  assert.equal(askedBy({ key: "ArrowUp" }, here), "up");
  assert.equal(askedBy({ key: "ArrowUp" }, { ...here, onScan: false }), null);
  assert.equal(askedBy({ key: "toString" }, here), null);
});
