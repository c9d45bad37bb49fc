// @ts-check
/** Files to take away: every table as CSV and LaTeX, every figure as it is. */
import { make } from "./elements.mjs";

/**
 * Read a table's rows as texts; what breaks a line in a cell becomes a blank.
 * @param {HTMLTableElement} table
 * @returns {string[][]}
 */
export function readRows(table) {
  return [...table.rows].map((row) => [...row.cells].map((cell) => tidy(cell)));
}

/** @param {HTMLElement} cell */
function tidy(cell) {
  const copy = /** @type {HTMLElement} */ (cell.cloneNode(true));
  for (const line of copy.querySelectorAll("br")) line.replaceWith(" ");
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

/**
 * Write rows as CSV. What a spreadsheet would take for a formula gets a leading apostrophe.
 * @param {string[][]} rows
 */
export function writeCsv(rows) {
  const field = (/** @type {string} */ text) => {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

const ESCAPED = new Map([
  ["\\", "\\textbackslash{}"],
  ["~", "\\textasciitilde{}"],
  ["^", "\\textasciicircum{}"],
  ["−", "$-$"],
  ["–", "--"],
  ["×", "$\\times$"],
  ["±", "$\\pm$"],
  ["<", "\\textless{}"],
  [">", "\\textgreater{}"],
]);

/** @param {string} text */
function inLatex(text) {
  return text.replace(/[\\~^−–×±<>&%$#_{}]/g, (each) => ESCAPED.get(each) ?? `\\${each}`);
}

/**
 * Write rows as a LaTeX table for booktabs; the first rows, as many as the head has, stand above the rule.
 * @param {string[][]} rows
 * @param {string} caption
 * @param {number} heads
 */
export function writeLatex(rows, caption, heads) {
  const columns = Math.max(...rows.map((row) => row.length));
  const line = (/** @type {string[]} */ row) => `${row.map(inLatex).join(" & ")} \\\\`;
  return [
    "\\begin{table}",
    `\\caption{${inLatex(caption)}}`,
    `\\begin{tabular}{${"l".repeat(columns)}}`,
    "\\toprule",
    ...rows.slice(0, heads).map(line),
    "\\midrule",
    ...rows.slice(heads).map(line),
    "\\bottomrule",
    "\\end{tabular}",
    "\\end{table}",
    "",
  ].join("\n");
}

/**
 * Name a file after what it holds.
 * @param {string} title
 */
export function nameFile(title) {
  const plain = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
  return plain.slice(0, 60) || "table";
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {() => string} write
 */
function button(name, kind, write) {
  const made = make("button", { type: "button", class: "take", "data-take": kind.toLowerCase() }, kind);
  made.addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([write()], { type: "text/plain;charset=utf-8" }));
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  });
  return made;
}

/** @param {HTMLTableElement} table */
function offerTable(table) {
  const caption = table.caption?.textContent?.trim() ?? "";
  const name = nameFile(caption);
  const heads = table.tHead?.rows.length ?? 0;
  table.caption?.append(
    make(
      "span",
      { class: "takes" },
      button(`${name}.csv`, "CSV", () => writeCsv(readRows(table))),
      button(`${name}.tex`, "LaTeX", () => writeLatex(readRows(table), caption, heads)),
    ),
  );
}

/** @param {HTMLElement} figure */
function offerFigure(figure) {
  const picture = figure.querySelector("img");
  const kind = picture?.src.match(/^data:image\/(\w+)/)?.[1] ?? "png";
  if (!picture || !figure.id) return;
  const link = make("a", { href: picture.src, download: `${figure.id}.${kind}`, class: "take" }, kind.toUpperCase());
  figure.querySelector("figcaption")?.append(" ", link);
}

/** Offer every table and figure of the page. */
export function startDownloads() {
  for (const table of document.querySelectorAll("table:has(> caption)")) {
    if (!table.closest("[data-cases]")) offerTable(/** @type {HTMLTableElement} */ (table));
  }
  for (const figure of document.querySelectorAll("figure[id]")) offerFigure(/** @type {HTMLElement} */ (figure));
}

if (typeof document !== "undefined") startDownloads();
