// @ts-check
/** Files to take away: every table as CSV and LaTeX, every figure as it is. */
import { asData } from "./columns.mjs";
import { make } from "./elements.mjs";

/** @typedef {import("./columns.mjs").Cell} Cell */

/**
 * Read a table's rows as texts; what breaks a line in a cell becomes a blank.
 * @param {HTMLTableElement} table
 * @returns {string[][]}
 */
export function readRows(table) {
  return [...table.rows].map((row) => [...row.cells].map((cell) => tidy(cell)));
}

/**
 * Read a table's rows as data: a number, its limits and what is counted beside it each in a column of their own.
 * @param {HTMLTableElement} table
 */
export function readData(table) {
  const heads = [...(table.tHead?.rows ?? [])].map(spanned);
  const named = (heads[0] ?? []).map((_, at) => {
    const above = heads.map((row) => (row[at] ? tidy(/** @type {HTMLElement} */ (row[at])) : ""));
    return [...new Set(above)].join(" ").trim();
  });
  return asData(named, [...table.tBodies].flatMap((body) => [...body.rows].map((row) => spanned(row).map(cellOf))));
}

/**
 * List the cells of a row by column; one that spans several stands in the first of them.
 * @param {HTMLTableRowElement} row
 * @returns {(HTMLTableCellElement | null)[]}
 */
function spanned(row) {
  return [...row.cells].flatMap((cell) => [cell, ...Array(cell.colSpan - 1).fill(cell.closest("thead") ? cell : null)]);
}

/**
 * @param {HTMLTableCellElement | null} cell
 * @returns {Cell}
 */
function cellOf(cell) {
  if (!cell) return { text: "", notes: [] };
  const copy = /** @type {HTMLElement} */ (cell.cloneNode(true));
  const small = [...copy.querySelectorAll("small")];
  for (const each of small) each.remove();
  for (const line of small.flatMap((each) => [...each.querySelectorAll("br")])) line.replaceWith("\n");
  const notes = small.flatMap((each) => (each.textContent ?? "").split("\n"));
  const { number: value, low, high, unit = "" } = cell.dataset;
  const told = value === undefined ? {} : { told: { value, ...(low && high ? { low, high } : {}), unit } };
  return { text: tidy(copy), notes: notes.map(squeeze).filter(Boolean), head: cell.tagName === "TH", ...told };
}

/** @param {HTMLElement} cell */
function tidy(cell) {
  const copy = /** @type {HTMLElement} */ (cell.cloneNode(true));
  for (const line of copy.querySelectorAll("br")) line.replaceWith(" ");
  return squeeze(copy.textContent ?? "");
}

/** @param {string} text */
function squeeze(text) {
  return text.replace(/\s+/g, " ").trim();
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

/** What a caption begins with where the page counts. */
const NUMBERED = /^(Table|Fig\.|Figure) \w+\. /;

const ESCAPED = new Map([
  ["\\", "\\textbackslash{}"],
  ["~", "\\textasciitilde{}"],
  ["^", "\\textasciicircum{}"],
  ["−", "$-$"],
  ["–", "--"],
  ["×", "$\\times$"],
  ["±", "$\\pm$"],
  ["≤", "$\\leq$"],
  ["≥", "$\\geq$"],
  ["∞", "$\\infty$"],
  ["<", "\\textless{}"],
  [">", "\\textgreater{}"],
]);

/** @param {string} text */
function inLatex(text) {
  return text.replace(/[\\~^−–×±≤≥∞<>&%$#_{}]/g, (each) => ESCAPED.get(each) ?? `\\${each}`);
}

/**
 * Write rows as a LaTeX table for booktabs, with a label; the number that the page gives it is left to LaTeX.
 * @param {string[][]} rows
 * @param {string} caption
 * @param {number} heads As many of the first rows stand above the rule.
 * @param {string} [name] What the label is made of.
 */
export function writeLatex(rows, caption, heads, name = nameFile(caption)) {
  const columns = Math.max(...rows.map((row) => row.length));
  const line = (/** @type {string[]} */ row) => `${row.map(inLatex).join(" & ")} \\\\`;
  return [
    "\\begin{table}",
    `\\caption{${inLatex(caption.replace(NUMBERED, ""))}}`,
    `\\label{tab:${nameLabel(name)}}`,
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
 * Write a name into what LaTeX takes as a label: small letters of ASCII.
 * @param {string} name
 */
function nameLabel(name) {
  const ascii = name.normalize("NFKD").replace(/[^a-z0-9_]/g, "");
  return ascii.replace(/^(table|fig)_\d+_/, "").replaceAll("_", "-") || "table";
}

const MOST_LETTERS = 60;
const FEW_LETTERS = 16;

/**
 * Name a file after what it holds: of a long title its first clauses, and never a part of a word.
 * @param {string} title
 */
export function nameFile(title) {
  const plain = (/** @type {string} */ text) => text.toLowerCase().replace(/['’]/g, "").replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
  const name = firstOf(title.split(/(?<=[,;:.(])\s|\s(?=\()/).map(plain).filter(Boolean));
  if (name.length > FEW_LETTERS || name === plain(title)) return name || "table";
  // No clause ends in time, so that a word must.
  return firstOf(plain(title).split("_")).replace(/(_(a|and|at|by|for|from|in|of|on|or|that|the|to|with))+$/, "");
}

/**
 * Join as many of the first parts as may stand in a name; a single part that is too long is none.
 * @param {string[]} parts
 */
function firstOf(parts) {
  let name = "";
  for (const part of parts) {
    const longer = name ? `${name}_${part}` : part;
    if (longer.length > MOST_LETTERS) break;
    name = longer;
  }
  return name;
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

/**
 * Tell apart files that would have one name: the second is numbered.
 * @param {Map<string, number>} taken
 * @param {string} name
 */
export function nameApart(taken, name) {
  const times = (taken.get(name) ?? 0) + 1;
  taken.set(name, times);
  return times > 1 ? `${name}_${times}` : name;
}

/**
 * @param {HTMLTableElement} table
 * @param {Map<string, number>} taken
 */
function offerTable(table, taken) {
  const caption = squeeze(table.caption?.textContent ?? "");
  const name = nameApart(taken, nameFile(caption));
  const heads = table.tHead?.rows.length ?? 0;
  table.caption?.append(
    make(
      "span",
      { class: "takes" },
      button(`${name}.csv`, "CSV", () => writeCsv(readData(table))),
      button(`${name}.tex`, "LaTeX", () => writeLatex(readRows(table), caption, heads, name)),
    ),
  );
}

/**
 * Write a drawing of the page as a file that looks alike elsewhere: black on white, whatever the page is.
 * @param {SVGSVGElement} drawing
 */
function writeDrawing(drawing) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  copy.setAttribute("color", "#000");
  copy.style.background = "#fff";
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

/** @param {HTMLElement} figure */
function offerFigure(figure) {
  const caption = figure.querySelector("figcaption");
  const picture = figure.querySelector("img");
  const drawing = figure.querySelector("svg");
  if (!figure.id || !caption) return;
  if (picture) {
    const kind = picture.src.match(/^data:image\/(\w+)/)?.[1] ?? "png";
    caption.append(" ", make("a", { href: picture.src, download: `${figure.id}.${kind}`, class: "take" }, kind.toUpperCase()));
  } else if (drawing) caption.append(" ", button(`${figure.id}.svg`, "SVG", () => writeDrawing(drawing)));
}

/** Offer every table and figure of the page. */
export function startDownloads() {
  /** @type {Map<string, number>} */
  const taken = new Map();
  for (const table of document.querySelectorAll("table:has(> caption)")) {
    if (!table.closest("[data-cases], [data-paper]")) offerTable(/** @type {HTMLTableElement} */ (table), taken);
  }
  for (const figure of document.querySelectorAll("figure[id]")) offerFigure(/** @type {HTMLElement} */ (figure));
}

if (typeof document !== "undefined") startDownloads();
