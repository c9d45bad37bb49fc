// What is taken away from the page: CSV that spreadsheets read as it is meant, LaTeX that compiles.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nameApart, nameFile, writeCsv, writeLatex } from "../../../src/sonolens/report/browser/downloads.mjs";

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

test("LaTeX counts tables itself: the page's number is left out, and there is a label to refer to", () => {
  const written = writeLatex([["a"], ["b"]], "Table 2. Hits of 3 scans, maximum", 1);

  assert.match(written, /^\\begin\{table\}\n\\caption\{Hits of 3 scans, maximum\}\n\\label\{tab:hits-of-3-scans-maximum\}\n/);
  assert.match(writeLatex([["a"]], "Fig. 1. Übersicht & mehr", 1), /caption\{Übersicht \\& mehr\}\n\\label\{tab:ubersicht-mehr\}/);
});

test("a file is named after its title, and never empty", () => {
  assert.equal(nameFile("Table 2. Hits, maximum or minimum"), "table_2_hits_maximum_or_minimum");
  assert.equal(nameFile("The paper's metrics"), "the_papers_metrics");
  assert.equal(nameFile("…"), "table");
});

test("a long title gives its first clauses, else its first words, and no part of a word", () => {
  const hits = "Table 2. Hits of correctly classified test scans, maximum or minimum (0-5 mm, cam, resnet18-full-seed0-fold0)";
  assert.equal(nameFile(hits), "table_2_hits_of_correctly_classified_test_scans");
  const long = "local: share of maps with their maximum where the evidence was planted in the tissue";
  assert.equal(nameFile(long), "local_share_of_maps_with_their_maximum_where_the_evidence");
});

test("two tables of one name become two files", () => {
  const taken = new Map();

  assert.deepEqual(["a", "b", "a"].map((name) => nameApart(taken, name)), ["a", "b", "a_2"]);
});
