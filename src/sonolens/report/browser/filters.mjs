// @ts-check
/** The form of filters: what it offers, and what is chosen in it. */
import { find, findAll, offer } from "./elements.mjs";
import { noFilters, notesOf, valuesOf } from "./listing.mjs";

/** @typedef {import("./data.mjs").Case} Case */

/**
 * Offer what the cases have; a column with one value is no choice and is left out.
 * @param {HTMLFormElement} form
 * @param {Case[]} cases
 */
export function offerFilters(form, cases) {
  for (const select of findAll("filter", form)) {
    const column = select.dataset.filter;
    if (select.tagName !== "SELECT" || select.options.length > 1) continue;
    const values = column === "finding" ? [...new Set(cases.flatMap(notesOf))].sort() : valuesOf(cases, column);
    offer(select, values, (value) => value.replaceAll("_", " "));
    select.closest("label").hidden = values.length < (column === "finding" ? 1 : 2);
  }
}

/**
 * Read what is chosen.
 * @param {HTMLFormElement} form
 */
export function readFilters(form) {
  const filters = noFilters();
  for (const field of findAll("filter", form)) {
    const [name, end] = field.dataset.filter.split(":");
    if (end) filters[/** @type {"probability"} */ (name)][end === "least" ? 0 : 1] = asNumber(field);
    else if (name in filters) filters[/** @type {"hit"} */ (name)] = field.value;
    else filters.equal[name] = field.value;
  }
  return filters;
}

/**
 * Choose some values and clear all others but those kept: what a link from elsewhere on the page asks for.
 * @param {HTMLFormElement} form
 * @param {Iterable<[string, string]>} chosen
 * @param {string[]} kept
 */
export function setFilters(form, chosen, kept) {
  const values = new Map(chosen);
  for (const field of findAll("filter", form)) {
    const name = field.dataset.filter;
    if (!kept.includes(name)) field.value = values.get(name) ?? "";
  }
  const folded = find("case-filters-more", form);
  folded.open = folded.open || [...values.keys()].some((name) => folded.querySelector(`[data-filter="${CSS.escape(name)}"]`));
}

/** @param {HTMLInputElement} field */
function asNumber(field) {
  const number = Number.parseFloat(field.value);
  return Number.isFinite(number) ? number : null;
}
