// What is taken away of a table: numbers that a program reads, apart from their intervals, units and small print.
import assert from "node:assert/strict";
import { test } from "node:test";

import { asData, readNote, readNumber } from "../../../src/sonolens/report/browser/columns.mjs";

const cell = (text, ...notes) => ({ text, notes });

test("an interval is three columns, the unit stands in their heads, and minus is ASCII", () => {
  const rows = [[cell("23 % [11, 36]")], [cell("−7 % [−12, +3]")], [cell("–")]];

  assert.deepEqual(asData(["Hits"], rows), [
    ["Hits (%)", "Hits low (%)", "Hits high (%)"],
    ["23", "11", "36"],
    ["-7", "-12", "3"],
    ["", "", ""],
  ]);
});

test("what the page knows of a number counts before what it prints", () => {
  const told = { value: "23.2143", low: "10.9", high: "36.2", unit: "%" };
  const below = { value: "0.0004", unit: "" };

  assert.deepEqual(asData(["Hits", "p"], [[{ ...cell("23 % [11, 36]"), told }, { ...cell("< 0.001"), told: below }]]), [
    ["Hits (%)", "Hits low (%)", "Hits high (%)", "p"],
    ["23.2143", "10.9", "36.2", "0.0004"],
  ]);
});

test("small print is columns of its own, by its words", () => {
  const row = [cell("82 % [69, 93]", "n = 56, chance 57 %", "p (adjusted) 0.024", "29 of 30", "promised 91 % [70, 100]", "by hand")];
  const [heads, values] = asData(["Hits"], [row]);
  const read = Object.fromEntries(heads.map((head, at) => [head, values[at]]));

  assert.deepEqual(read, {
    "Hits (%)": "82", "Hits low (%)": "69", "Hits high (%)": "93", "Hits: n": "56", "Hits: chance (%)": "57",
    "Hits: p (adjusted)": "0.024", "Hits: counted": "29", "Hits: counted of": "30", "Hits: promised (%)": "91",
    "Hits: promised low (%)": "70", "Hits: promised high (%)": "100", "Hits: in words": "by hand",
  });
});

test("units that differ within a column are a column", () => {
  assert.deepEqual(asData(["All"], [[cell("3.5 mm")], [cell("0.5 [0.4, 0.6]")]]), [
    ["All", "All low", "All high", "All unit"],
    ["3.5", "", "", "mm"],
    ["0.5", "0.4", "0.6", ""],
  ]);
});

test("names stay names: versions, ids, items of a list and what heads a row", () => {
  const rows = [
    [{ ...cell("1"), head: true }, cell("1"), cell("2.10.1"), cell("2026-11-30T18")],
    [{ ...cell("2"), head: true }, cell("3a"), cell("0.5"), cell("7")],
  ];

  assert.deepEqual(asData(["Row", "Item", "Version", "Run"], rows).slice(1), [
    ["1", "1", "2.10.1", "2026-11-30T18"],
    ["2", "3a", "0.5", "7"],
  ]);
});

test("words among numbers stand beside them", () => {
  assert.deepEqual(asData(["Margin"], [[cell("41 % (22 to 63), learnt by 3 of 5")], [cell("not learnt")]]), [
    ["Margin (%)", "Margin least (%)", "Margin largest (%)", "Margin: in words"],
    ["41", "22", "63", "learnt by 3 of 5"],
    ["", "", "", "not learnt"],
  ]);
});

test("all that the page prints as a number is read as one", () => {
  const parts = (text) => readNumber(text)?.parts;

  assert.deepEqual(parts("−18 [−25, 0] points"), { value: "-18", low: "-25", high: "0", unit: "points" });
  assert.deepEqual(parts("3.5 [2.4, 4.6] mm"), { value: "3.5", low: "2.4", high: "4.6", unit: "mm" });
  assert.deepEqual(parts("0.887 ± 0.015"), { value: "0.887", spread: "0.015", unit: "" });
  assert.deepEqual(parts("72 (55 %)"), { value: "72", share: "55", unit: "" });
  assert.deepEqual(parts("17,153 of 23,510,081 (0.073 %)"), { value: "17153", of: "23510081", share: "0.073", unit: "" });
  assert.deepEqual(parts("4 to 12"), { least: "4", largest: "12", unit: "" });
  assert.deepEqual(parts("< 0.001"), { below: "0.001", unit: "" });
  for (const text of ["", "cam", "10-20 mm", "3a", "1.2.3", "−"]) assert.equal(readNumber(text), null, text);
});

test("a line in small print that holds no number is words, and what is counted beside a number is kept", () => {
  assert.deepEqual(readNote("noted 7 % (n = 14), else 2 %"), {
    entries: [
      { name: "noted", parts: { value: "7", unit: "%" } },
      { name: "noted n", parts: { value: "14", unit: "" } },
      { name: "else", parts: { value: "2", unit: "%" } },
    ],
    words: [],
  });
  assert.deepEqual(readNote("3 runs: 20 % to 40 %").entries, [{ name: "3 runs", parts: { least: "20", largest: "40", unit: "%" } }]);
  assert.deepEqual(readNote("rank correlation, 26 malignant"), {
    entries: [{ name: "malignant", parts: { value: "26", unit: "" } }],
    words: ["rank correlation"],
  });
});
