// Links to files beside the page: right where it was written and through `latest`, and none where it was moved.
import assert from "node:assert/strict";
import { test } from "node:test";

import { seenFrom } from "../../../src/sonolens/report/browser/files.mjs";

const address = "../../cases.csv/2026/cases.csv";

test("a page where it was written keeps its addresses", () => {
  assert.equal(seenFrom(address, "2026", "2026"), address);
});

test("through latest, which lies one folder nearer, addresses are one step shorter", () => {
  assert.equal(seenFrom(address, "latest", "2026"), "../cases.csv/2026/cases.csv");
  assert.equal(seenFrom("../../../01_raw/scans.csv/1/scans.csv", "latest", "2026"), "../../01_raw/scans.csv/1/scans.csv");
});

test("a page that was moved knows of no file", () => {
  assert.equal(seenFrom(address, "downloads", "2026"), null);
  assert.equal(seenFrom(address, "2025", "2026"), null);
});
