// @ts-check
/** Which cases are listed, in which order, and which page of them is shown. */
import { hitsOf, regionsOf } from "./game.mjs";
import { regionOf } from "./data.mjs";

/** @typedef {import("./data.mjs").Case} Case */
/** @typedef {import("./game.mjs").Rule} Rule */
/** @typedef {import("./game.mjs").ByRegion} ByRegion */
/** @typedef {{ rule: Rule, ring: number }} Play */
/** @typedef {keyof ByRegion} Target What a hit is a hit of. */

export const PAGE_ROWS = 50;

/**
 * Name the extremes that a rule asks of a case.
 * @param {Case} each
 * @param {Rule} rule
 * @returns {("max" | "min")[]}
 */
export function askedOf(each, rule) {
  if (rule === "either") return ["max", "min"];
  if (rule === "decision") return [each.calledMalignant ? "max" : "min"];
  return [rule];
}

/**
 * Tell what can be filtered and sorted of a case as the game now stands.
 * @param {Case} each
 * @param {Play} play
 * @param {Target} target
 */
export function judge(each, { rule, ring }, target = "any") {
  const asked = askedOf(each, rule);
  const hits = hitsOf(each, rule, ring);
  const drawn = regionsOf(each.drawn, ring)[target];
  const distances = asked.map((name) => each.extremes[name].distance).filter((mm) => mm !== null);
  return {
    hit: hits === null ? "constant map" : drawn ? nameHit(hits[target]) : "region absent",
    regions: asked.map((name) => regionOf(each, name, ring)),
    distance: distances.length ? Math.min(.../** @type {number[]} */ (distances)) : null,
  };
}

/**
 * Name a hit; where cells tie, only some of them may lie in a region.
 * @param {number} share
 */
function nameHit(share) {
  if (share <= 0) return "miss";
  return share > 1 - 1e-9 ? "hit" : "in part";
}

/** What a choice of hits lets pass beside the one hit of its own name: what a table counts, and what it adds up. */
const HITS = new Map([
  ["counted", ["hit", "in part", "miss"]],
  ["reached", ["hit", "in part"]],
]);

/**
 * @typedef {object} Filters Every one is empty where it lets all pass.
 * @property {Record<string, string>} equal Column and its value.
 * @property {string} hit A hit as `judge` names it, or a name in `HITS`.
 * @property {string} target Of which region; empty for any of the three.
 * @property {string} region Where an extreme lies that the rule asks for.
 * @property {string} finding A word of what was noted or found.
 * @property {string} text Part of an id.
 * @property {[number | null, number | null]} probability
 * @property {[number | null, number | null]} distance
 * @property {[number | null, number | null]} size Of the mass, in mm.
 */

/** @returns {Filters} */
export function noFilters() {
  const words = { hit: "", target: "", region: "", finding: "", text: "" };
  return { equal: {}, ...words, probability: [null, null], distance: [null, null], size: [null, null] };
}

/**
 * Keep the cases that pass all filters.
 * @param {Case[]} cases
 * @param {Filters} filters
 * @param {Play} play
 */
export function choose(cases, filters, play) {
  const equal = Object.entries(filters.equal).filter(([, value]) => value !== "");
  const sought = filters.text.trim().toLowerCase();
  return cases.filter((each) => {
    if (!equal.every(([column, value]) => said(each[column]) === value)) return false;
    if (filters.finding && !notesOf(each).includes(filters.finding)) return false;
    if (sought && !`${each.scan_id} ${each.lesion_id} ${each.patient_id}`.toLowerCase().includes(sought)) return false;
    if (!within(each.probability, filters.probability) || !within(each.mass_mm, filters.size)) return false;
    const now = judge(each, play, /** @type {Target} */ (filters.target || "any"));
    if (filters.hit && !(HITS.get(filters.hit) ?? [filters.hit]).includes(now.hit)) return false;
    if (filters.region && !now.regions.includes(filters.region)) return false;
    return within(now.distance, filters.distance);
  });
}

/**
 * List what was noted of a scan and what screening found.
 * @param {Record<string, any>} each
 * @returns {string[]}
 */
export function notesOf(each) {
  return [each.descriptors, each.findings].filter(Boolean).flatMap((notes) => notes.split("; "));
}

/**
 * Sort by a column or by what the game says now; without a value last, else in the order of the table.
 * @param {Case[]} cases
 * @param {{ by: string, descending: boolean }} order `by` is empty for the order of the table.
 * @param {Play} play
 */
export function sort(cases, { by, descending }, play) {
  if (!by) return descending ? [...cases].reverse() : [...cases];
  const valued = cases.map((each) => ({ each, value: valueOf(each, by, play) }));
  const sign = descending ? -1 : 1;
  return valued
    .sort((one, other) => {
      if (one.value === null || other.value === null) return Number(one.value === null) - Number(other.value === null);
      return sign * compare(one.value, other.value) || one.each.index - other.each.index;
    })
    .map(({ each }) => each);
}

/**
 * @param {Case} each
 * @param {string} by
 * @param {Play} play
 * @returns {string | number | null}
 */
function valueOf(each, by, play) {
  if (by === "distance") return judge(each, play).distance;
  if (by === "hit") return judge(each, play).hit;
  if (by === "region") return judge(each, play).regions[0];
  return each[by] ?? null;
}

/**
 * @param {string | number} one
 * @param {string | number} other
 */
function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  const [first, second] = [String(one), String(other)];
  return first < second ? -1 : Number(first > second);
}

/**
 * @param {number | null} value
 * @param {[number | null, number | null]} limits
 */
function within(value, [least, most]) {
  if (least === null && most === null) return true;
  return value !== null && (least === null || value >= least) && (most === null || value <= most);
}

/**
 * Say a value as a filter offers it; what is unknown has words of its own.
 * @param {any} value
 */
export function said(value) {
  return value === null || value === undefined ? "unknown" : String(value);
}

/**
 * List the values of a column, sorted.
 * @param {Case[]} cases
 * @param {string} column
 */
export function valuesOf(cases, column) {
  return [...new Set(cases.map((each) => said(each[column])))].sort(compare);
}
