// @ts-check
/** Folded sections: what an address points into is opened, and all are on paper. */

/** Open whatever folds around the element that an address names, and the section that it is. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const own = target.querySelector(":scope > details.fold");
  /** @type {Element | null} */
  let at = own ?? target;
  for (; at; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) at.open = true;
  }
  target.scrollIntoView();
}

/** Open everything while the page is printed, and fold again what was folded. */
function unfoldOnPaper() {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details")].filter((each) => !each.open);
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
  });
}

/** Keep the contents open where there is room beside the page, and let a choice close them where there is none. */
function keepContents() {
  const contents = document.querySelector(".contents details");
  if (!(contents instanceof HTMLDetailsElement)) return;
  const wide = matchMedia("(min-width: 82rem)");
  const follow = () => {
    contents.open = wide.matches;
  };
  wide.addEventListener("change", follow);
  contents.addEventListener("click", (event) => {
    if (event.target instanceof HTMLAnchorElement && !wide.matches) contents.open = false;
  });
  follow();
}

/** Start what folds and unfolds. */
export function startFolds() {
  addEventListener("hashchange", openTarget);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) openTarget();
  });
  unfoldOnPaper();
  keepContents();
  if (location.hash) openTarget();
}

if (typeof document !== "undefined") startFolds();
