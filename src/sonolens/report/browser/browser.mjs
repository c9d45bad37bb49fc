// @ts-check
/** The case browser: what is chosen, what follows from it, and who is told. */
import { readCases } from "./data.mjs";
import { allow, find, findAll } from "./elements.mjs";
import { offerFilters, readFilters, setFilters } from "./filters.mjs";
import { play } from "./game.mjs";
import { actionOf } from "./keyboard.mjs";
import { choose, PAGE_ROWS, sort } from "./listing.mjs";
import { drawForPaper } from "./paper.mjs";
import { showRates } from "./rates.mjs";
import { markRow, showPage } from "./table.mjs";
import { openViewer } from "./viewer.mjs";
import { counted } from "./words.mjs";

/** @typedef {import("./data.mjs").Case} Case */

/** @param {Case} each */
const mapper = (each) => `${each.method}, ${each.run}`;

/** Start the browser, if the page has one. */
export function startBrowser() {
  const root = document.querySelector("[data-cases]");
  if (!(root instanceof HTMLElement)) return;
  const told = JSON.parse(find("case-rows-json").textContent);
  const seen = JSON.parse(find("case-pictures-json").textContent);
  const cases = readCases(told);
  const scans = new Map(Object.entries(seen.scans));
  const viewer = openViewer({
    scans,
    maps: new Map(Object.entries(seen.maps)),
    methods: new Map(Object.entries(told.methods)),
    shown: told.shown,
    total: told.n,
  });
  const form = find("case-filters");
  /** @type {{ listed: Case[], at: number, by: string, descending: boolean }} */
  const state = { listed: cases, at: 0, by: "", descending: false };
  const looks = {
    thumbnailOf: (/** @type {string} */ scan) => scans.get(scan)?.thumbnail ?? scans.get(scan)?.picture,
    named: new Set(cases.map(mapper)).size > 1,
  };
  const how = () => ({ rule: find("rule").value, ring: Number(find("ring").value) });

  const list = () => {
    const before = state.listed[state.at]?.key;
    state.listed = sort(choose(cases, readFilters(form), how()), state, how());
    state.at = Math.max(state.listed.findIndex((each) => each.key === before), 0);
    find("case-count").textContent = `${state.listed.length} of ${counted(cases.length, "case")}`;
    tellPosition();
    showPage(state.listed, state.at, how(), looks);
    const now = state.listed[state.at] ?? null;
    if (now === null || now.key !== shownKey) viewer.show(now, how().ring);
    shownKey = now?.key;
    tellSort();
    showRates(play(state.listed, { ...how(), confidence: told.confidence }));
    find("pooled-note").hidden = new Set(state.listed.map(mapper)).size < 2;
  };
  /** @type {string | undefined} */
  let shownKey;

  const tellPosition = () => {
    const { at, listed } = state;
    find("case-position").textContent = listed.length ? `Case ${at + 1} of ${listed.length}` : "";
    allow(find("case-previous"), at > 0);
    allow(find("case-next"), at < listed.length - 1);
  };

  const open = (/** @type {number} */ at) => {
    if (at < 0 || at >= state.listed.length) return;
    const turned = Math.floor(at / PAGE_ROWS) !== Math.floor(state.at / PAGE_ROWS);
    state.at = at;
    if (turned) showPage(state.listed, at, how(), looks);
    shownKey = state.listed[at].key;
    markRow(shownKey);
    tellPosition();
    viewer.show(state.listed[at], how().ring);
  };

  const widen = () => {
    const { ring } = how();
    find("ring").setAttribute("aria-valuetext", `${told.rings.widths[ring]} ${told.rings.words}`);
    for (const hook of ["ring-width", "ring-now"]) find(hook).textContent = `${told.rings.widths[ring]} ${told.rings.words}`;
    allow(find("ring-reset"), ring !== told.rings.own);
    viewer.widen(ring);
    list();
  };

  const tellSort = () => {
    for (const head of findAll("sort-by")) {
      const mine = head.dataset.sortBy === state.by;
      head.closest("th").setAttribute("aria-sort", mine ? (state.descending ? "descending" : "ascending") : "none");
    }
    find("sort").value = state.by;
    find("sort-descending").checked = state.descending;
  };

  const turn = (/** @type {number} */ step) => {
    const first = Math.floor(state.at / PAGE_ROWS) * PAGE_ROWS;
    open(Math.min(Math.max(first + step * PAGE_ROWS, 0), state.listed.length - 1));
  };

  const order = (/** @type {string} */ by, /** @type {boolean} */ descending) => {
    Object.assign(state, { by, descending, at: 0 });
    state.listed = [];
    list();
  };

  const help = find("case-help");
  const ring = find("ring");
  const act = {
    next: () => open(state.at + 1),
    previous: () => open(state.at - 1),
    help: () => (help.open ? help.close() : help.showModal()),
    close: () => help.open && help.close(),
    wider: () => (ring.stepUp(), widen()),
    narrower: () => (ring.stepDown(), widen()),
  };

  root.addEventListener("keydown", (event) => {
    const action = actionOf(event);
    if (action === null || (help.open && action !== "help" && action !== "close")) return;
    if (action !== "close") event.preventDefault();
    act[action]();
  });
  root.addEventListener("click", (event) => {
    const pressed = /** @type {Element} */ (event.target);
    const row = pressed.closest("[data-case]");
    const head = pressed.closest("[data-sort-by]");
    if (row instanceof HTMLElement) {
      open(state.listed.findIndex((each) => each.key === row.dataset.case));
      const view = find("case-view");
      if (view.getBoundingClientRect().top > 0.8 * window.innerHeight) view.scrollIntoView();
    }
    if (head instanceof HTMLElement) {
      const by = head.dataset.sortBy ?? "";
      order(by, state.by === by && !state.descending);
    }
  });
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("[data-show-cases]");
    if (!(link instanceof HTMLElement)) return;
    const asked = new URLSearchParams(link.dataset.showCases);
    setFilters(form, asked, (link.dataset.keepFilters ?? "").split(" "));
    if (asked.has("rule")) {
      // What names a rule is a number of the study, counted at the study's own ring.
      find("rule").value = asked.get("rule");
      ring.value = told.rings.own;
    }
    Object.assign(state, { by: "", descending: false, at: 0, listed: [] });
    widen();
    // A jump to a place that takes no focus leaves the focus nowhere, where no key of the browser works: wait for it.
    setTimeout(() => root.focus({ preventScroll: true }));
  });
  form.addEventListener("input", list);
  form.addEventListener("reset", () => queueMicrotask(list));
  form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  find("rule").addEventListener("input", list);
  ring.addEventListener("input", widen);
  find("ring-reset").addEventListener("click", () => ((ring.value = told.rings.own), widen()));
  find("sort").addEventListener("input", () => order(find("sort").value, state.descending));
  find("sort-descending").addEventListener("input", () => order(state.by, find("sort-descending").checked));
  find("page-previous").addEventListener("click", () => turn(-1));
  find("page-next").addEventListener("click", () => turn(1));
  find("case-next").addEventListener("click", act.next);
  find("case-previous").addEventListener("click", act.previous);
  find("case-help-open").addEventListener("click", act.help);
  find("case-help-close").addEventListener("click", act.close);

  offerFilters(form, cases);
  root.hidden = false;
  widen();
  open(0);
  drawForPaper({ cases, scans, maps: seen.maps, ring: told.rings.own });
}

startBrowser();
