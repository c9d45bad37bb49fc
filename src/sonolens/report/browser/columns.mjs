// @ts-check
/** Tables as data: every number in a column of its own, the limits of its interval and what stands in small print beside it. */
import { NOTHING } from "./words.mjs";

/**
 * @typedef {object} Cell A cell as the page shows it.
 * @property {string} text
 * @property {string[]} notes Its lines in small print.
 * @property {Parts} [told] What the page says of its number beyond what it prints.
 * @property {boolean} [head] Whether it names its row.
 */
/** @typedef {{ [kind: string]: string }} Parts A number by its kinds, all in ASCII: `value`, `low`, `high`, ...; and its `unit`. */
/** @typedef {{ name: string, parts: Parts }} Entry */

const NUMBER = String.raw`[+−-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?`;
const UNIT = "%|points|mm";
const PRINTED = new RegExp(
  String.raw`^(?<value>${NUMBER})(?: (?<unit>${UNIT}))?(?: of (?<of>${NUMBER}))?(?: \[(?<low>${NUMBER}), (?<high>${NUMBER})\])?` +
    String.raw`(?: (?<after>${UNIT}))?(?: ± (?<spread>${NUMBER}))?` +
    String.raw`(?: \((?:(?<least>${NUMBER}) to (?<largest>${NUMBER})|(?<share>${NUMBER}) %)\))?(?<rest>$|, .*$| \(.*$)`,
);
const RANGE = new RegExp(`^(?<least>${NUMBER})(?: (?<unit>${UNIT}))? to (?<largest>${NUMBER})(?: (?<after>${UNIT}))?$`);
const BELOW = new RegExp(`^< (?<below>${NUMBER})$`);
const LABELLED = new RegExp(String.raw`^(?<label>.*?\S)(?::| =)? (?<number>(?:< )?${NUMBER}.*)$`);
const COUNTED = new RegExp(String.raw`^(?<value>${NUMBER}) (?<label>[a-z].*)$`);
const WITH_N = new RegExp(String.raw`^(?<note>.*) \(n = (?<n>${NUMBER})\)$`);
/** Kinds of numbers in the order of their columns, and what the head of each says. */
const KINDS = new Map([
  ["value", ""],
  ["low", " low"],
  ["high", " high"],
  ["least", " least"],
  ["largest", " largest"],
  ["spread", " ±"],
  ["of", " of"],
  ["share", " share (%)"],
  ["below", " below"],
]);

/**
 * Write a number as machines read it.
 * @param {string} text
 */
export function inAscii(text) {
  return text.replaceAll("−", "-").replaceAll(",", "").replace(/^\+/, "");
}

/**
 * Read a number with what may follow it; null where the text begins with none.
 * @param {string} text
 * @returns {{ parts: Parts, rest: string } | null}
 */
export function readNumber(text) {
  const found = (PRINTED.exec(text) ?? RANGE.exec(text) ?? BELOW.exec(text))?.groups;
  if (!found) return null;
  const { unit, after, rest = "", ...numbers } = found;
  const known = Object.entries(numbers).filter(([, number]) => number !== undefined);
  const parts = Object.fromEntries(known.map(([kind, number]) => [kind, inAscii(number)]));
  return { parts: { ...parts, unit: unit ?? after ?? "" }, rest: rest.replace(/^, | ?\((.*)\)$/, "$1") };
}

/**
 * Read a line in small print: numbers by their names, and the words that are left.
 * @param {string} line
 * @returns {{ entries: Entry[], words: string[] }}
 */
export function readNote(line) {
  /** @type {Entry[]} */
  const entries = [];
  /** @type {string[]} */
  const words = [];
  for (const piece of line.split(/, (?![^[(]*[\])])/)) {
    const { note = piece, n } = WITH_N.exec(piece)?.groups ?? {};
    const alone = readNumber(note);
    const counted = COUNTED.exec(note)?.groups;
    const labelled = LABELLED.exec(note)?.groups;
    const number = labelled && readNumber(labelled.number);
    if (alone && !alone.rest) entries.push({ name: "counted", parts: alone.parts });
    else if (number && !number.rest) entries.push({ name: labelled.label, parts: number.parts });
    else if (counted) entries.push({ name: counted.label, parts: { value: inAscii(counted.value), unit: "" } });
    else words.push(note);
    if (n) entries.push({ name: `${entries.at(-1)?.name ?? ""} n`.trim(), parts: { value: inAscii(n), unit: "" } });
  }
  return { entries, words };
}

/**
 * Tell whether a column holds numbers: all its cells do, or some with a unit, an interval or what the page says of them.
 * @param {Cell[]} cells
 */
function isNumeric(cells) {
  const filled = cells.filter(({ text }) => text !== "" && text !== NOTHING);
  if (!filled.length) return false;
  const read = filled.map((cell) => cell.told ?? readNumber(cell.text)?.parts);
  // What names a row is a name, also where it is a number, unless it has a unit.
  if (filled.some(({ head }) => head)) return read.every((parts) => parts?.unit);
  const sure = filled.some(({ told }, at) => told || read[at]?.unit || read[at]?.low || read[at]?.least);
  return sure || read.every(Boolean);
}

/**
 * Read the entries of a cell in a column of numbers, and its words.
 * @param {Cell} cell
 * @returns {{ entries: Entry[], words: string[] }}
 */
function readCell({ text, notes, told }) {
  const number = readNumber(text);
  const { below, ...printed } = number?.parts ?? {};
  const parts = told ? { ...printed, ...told } : number?.parts;
  const aside = number ? number.rest : text === NOTHING ? "" : text;
  const all = notes.map(readNote);
  return {
    entries: [...(parts ? [{ name: "", parts }] : []), ...all.flatMap(({ entries }) => entries)],
    words: [...(aside && !(told && !number) ? [aside] : []), ...all.flatMap(({ words }) => words)],
  };
}

/**
 * Spread one column of the page over columns of data.
 * @param {string} head
 * @param {Cell[]} cells
 * @returns {string[][]} Columns, each with its head first.
 */
function spread(head, cells) {
  const numeric = isNumeric(cells);
  const read = cells.map((cell) => {
    if (numeric) return readCell(cell);
    const { entries, words } = readCell({ text: "", notes: cell.notes });
    return { entries, words };
  });
  const plain = numeric ? [] : [[head, ...cells.map(({ text }) => (text === NOTHING ? "" : text))]];
  const names = [...new Set(read.flatMap(({ entries }) => entries.map(({ name }) => name)))].sort(
    (one, other) => Number(one !== "") - Number(other !== ""),
  );
  const numbers = names.flatMap((name) => {
    const parts = read.map(({ entries }) => entries.find((each) => each.name === name)?.parts ?? {});
    return spreadNumbers(name ? `${head}: ${name}` : head, parts);
  });
  const words = read.map((each) => each.words.join("; "));
  return [...plain, ...numbers, ...(words.some(Boolean) ? [[`${head}: ${numeric ? "in words" : "beside it"}`, ...words]] : [])];
}

/**
 * @param {string} head
 * @param {Parts[]} all
 */
function spreadNumbers(head, all) {
  const units = [...new Set(all.filter((parts) => parts.unit !== undefined).map(({ unit }) => unit))];
  const inHead = units.length === 1 && units[0] ? ` (${units[0]})` : "";
  const kinds = [...KINDS].filter(([kind]) => all.some((parts) => parts[kind] !== undefined));
  const bare = ["of", "share"];
  const columns = kinds.map(([kind, word]) => [
    `${head}${word}${bare.includes(kind) ? "" : inHead}`,
    ...all.map((parts) => parts[kind] ?? ""),
  ]);
  return units.length > 1 ? [...columns, [`${head} unit`, ...all.map(({ unit }) => unit ?? "")]] : columns;
}

/**
 * Write a table as rows of data, the first its heads.
 * @param {string[]} heads
 * @param {Cell[][]} rows
 * @returns {string[][]}
 */
export function asData(heads, rows) {
  const nothing = { text: "", notes: [] };
  const columns = heads.flatMap((head, at) => spread(head, rows.map((row) => row[at] ?? nothing)));
  return ["head", ...rows].map((_, row) => columns.map((column) => column[row]));
}
