// @ts-check
/** The table of the game: hits, interval and chance of every region, for the cases in the list. */
import { find, make } from "./elements.mjs";
import { counted, fixed, percent } from "./words.mjs";

/** @typedef {import("./game.mjs").Rate} Rate */

const TITLES = {
  any: "any of the three",
  mass: "mass",
  peritumoral: "peritumoral ring",
  below: "below the mass",
};

/**
 * Show the rates.
 * @param {Rate[]} rates
 */
export function showRates(rates) {
  find("rates").replaceChildren(...rates.map(row));
  const [any] = rates;
  const uncounted = any.silent ? ` ${counted(any.silent, "constant map")} left out.` : "";
  find("rates-note").textContent = uncounted;
  const { n, hits, rate, chance } = any;
  find("ring-told").textContent = n
    ? `Hits mass, ring or below: ${inFew(hits)} of ${n}, ${percent(rate)}; chance ${percent(chance)}`
    : "";
}

/** @param {number} hits */
function inFew(hits) {
  return fixed(hits, Number.isInteger(hits) ? 0 : 2);
}

/** @param {Rate} rate */
function row({ region, n, hits, rate, low, high, chance, empty }) {
  const interval = n ? `[${fixed(100 * low, 0)}, ${fixed(100 * high, 0)}]` : "";
  const without = empty ? ` (${empty} without)` : "";
  return make(
    "tr",
    { "data-rate": region },
    make("th", { scope: "row" }, TITLES[region]),
    make("td", { class: "number", "data-hits": String(hits) }, `${inFew(hits)} of ${n}${without}`),
    make("td", { class: "number", "data-rate-value": String(rate) }, make("span", {}, percent(rate)), " ", make("span", {}, interval)),
    make("td", { class: "number", "data-chance": String(chance) }, percent(chance)),
    make("td", { "aria-hidden": "true" }, bar(rate, chance)),
  );
}

/**
 * @param {number} rate
 * @param {number} chance
 */
function bar(rate, chance) {
  const [filled, tick] = [make("span", { class: "cases-bar-hits" }), make("span", { class: "cases-bar-chance" })];
  filled.style.width = `${100 * (rate || 0)}%`;
  tick.style.left = `${100 * (chance || 0)}%`;
  return make("span", { class: "cases-bar" }, filled, tick);
}
