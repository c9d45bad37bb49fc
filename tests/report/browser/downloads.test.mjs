// What is taken away from the page: CSV that spreadsheets read as it is meant, LaTeX that compiles.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nameFile, writeCsv, writeLatex } from "../../../src/sonolens/report/browser/downloads.mjs";

test("fields with commas and quotes are quoted, lines end as RFC 4180 says", () => {
  assert.equal(writeCsv([["a", 'b, "c"'], ["1", ""]]), 'a,"b, ""c"""\r\n1,\r\n');
});

test("what a spreadsheet would run gets an apostrophe, a signed number does not", () => {
  assert.equal(writeCsv([["=1+1", "@x", "-0.5", "+12 [3, 4]", "-x"]]), `'=1+1,'@x,-0.5,"+12 [3, 4]",'-x\r\n`);
});

test("letters that mean something in LaTeX are written as letters", () => {
  const written = writeLatex([["Hits & n_1"], ["34 % − ±"]], "A_1", 1);

  assert.match(written, /\\caption\{A\\_1\}/);
  assert.match(written, /Hits \\& n\\_1 \\\\\n\\midrule\n34 \\% \$-\$ \$\\pm\$ \\\\/);
});

test("a table has as many columns as its widest row", () => {
  assert.match(writeLatex([["a"], ["b", "c"]], "", 1), /\{tabular\}\{ll\}/);
});

test("a file is named after its title, and never empty", () => {
  assert.equal(nameFile("Table 2. Hits, maximum or minimum"), "table_2_hits_maximum_or_minimum");
  assert.equal(nameFile("…"), "table");
});
