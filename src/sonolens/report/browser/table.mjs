// @ts-check
/** The list of cases, one page of it at a time. */
import { allow, find, make } from "./elements.mjs";
import { askedOf, judge, PAGE_ROWS } from "./listing.mjs";
import { fixed } from "./words.mjs";

/** @typedef {import("./data.mjs").Case} Case */
/** @typedef {import("./listing.mjs").Play} Play */
/** @typedef {{ thumbnailOf: (scan: string) => string | undefined, named: boolean }} Looks */

const SIGNS = { max: "+", min: "−" };
const REGION_NAMES = { peritumoral: "ring", none: "nowhere", other: "elsewhere" };

/**
 * Show the page of the list that holds one of its cases.
 * @param {Case[]} listed
 * @param {number} at Place of the open case in the list.
 * @param {Play} play
 * @param {Looks} looks
 */
export function showPage(listed, at, play, looks) {
  const first = Math.floor(Math.max(at, 0) / PAGE_ROWS) * PAGE_ROWS;
  const shown = listed.slice(first, first + PAGE_ROWS);
  const rows = find("case-rows");
  const focused = rows.contains(document.activeElement);
  rows.replaceChildren(...shown.map((each, row) => line(each, first + row === at, play, looks)));
  // Keys work only within the browser: the focus must not be lost with the row that had it.
  if (focused) (rows.querySelector("[aria-current] button") ?? find("case-list")).focus({ preventScroll: true });
  find("page-of-cases").textContent = listed.length
    ? `${first + 1} to ${first + shown.length} of ${listed.length}`
    : "no case";
  allow(find("page-previous"), first > 0);
  allow(find("page-next"), first + PAGE_ROWS < listed.length);
}

/**
 * Mark the open case without drawing the list anew.
 * @param {string | null} key
 */
export function markRow(key) {
  for (const row of find("case-rows").children) {
    if (row.dataset.case === key) {
      row.setAttribute("aria-current", "true");
      showRow(row, find("case-list"));
    } else row.removeAttribute("aria-current");
  }
}

/**
 * Bring a row into sight within its list; the page stays where it is.
 * @param {HTMLElement} row
 * @param {HTMLElement} list
 */
function showRow(row, list) {
  const at = row.getBoundingClientRect();
  const seen = list.getBoundingClientRect();
  const head = list.querySelector("thead")?.getBoundingClientRect().height ?? 0;
  if (at.top < seen.top + head) list.scrollTop -= seen.top + head - at.top;
  else if (at.bottom > seen.bottom) list.scrollTop += at.bottom - seen.bottom;
}

/**
 * @param {Case} each
 * @param {boolean} open
 * @param {Play} play
 * @param {Looks} looks
 */
function line(each, open, play, looks) {
  const { hit, regions } = judge(each, play);
  const asked = askedOf(each, play.rule);
  const places = asked.map((name, place) => {
    const { distance } = each.extremes[name];
    const away = distance === null || distance === 0 ? "" : ` ${fixed(distance, 1)}`;
    return make("span", {}, `${SIGNS[name]} ${nameRegion(regions[place])}${away}`);
  });
  const button = make("button", { type: "button", "data-open-case": each.key }, each.scan_id);
  const words = make("span", { class: `cases-outcome${each.correct ? "" : " wrong"}` }, each.outcome);
  const row = make(
    "tr",
    { "data-case": each.key, "data-outcome": each.outcome, "data-hit": hit },
    make("td", { class: "cases-thumbnail" }, thumbnail(looks.thumbnailOf(each.scan_id))),
    make("th", { scope: "row" }, button, words, ...(looks.named ? [make("small", {}, `${each.method}, ${each.run}`)] : [])),
    make("td", { class: "number" }, fixed(each.probability, 2)),
    make("td", { class: "cases-places" }, ...(hit === "constant map" ? [] : places), make("span", { class: `cases-hit ${hit}` }, hit)),
  );
  if (open) row.setAttribute("aria-current", "true");
  return row;
}

/** @param {string} region */
export function nameRegion(region) {
  return Object.hasOwn(REGION_NAMES, region) ? REGION_NAMES[/** @type {"none"} */ (region)] : region;
}

/** @param {string | undefined} address */
function thumbnail(address) {
  return address ? make("img", { src: address, alt: "", width: "44", loading: "lazy", decoding: "async" }) : "";
}
