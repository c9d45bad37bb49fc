// @ts-check
/** What is drawn over a scan: the outline with its corners, the point, and where the keys are. */

/** @typedef {import("./marks.mjs").Answer} Answer */
/** @typedef {import("./marks.mjs").Place} Place */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/**
 * @param {string} name
 * @param {Place} place
 * @param {number} arm
 */
function cross(name, [row, col], arm) {
  const path = `M${col - arm} ${row}H${col + arm}M${col} ${row - arm}V${row + arm}`;
  return [shape("path", { d: path, class: `${name} ground` }), shape("path", { d: path, class: name })];
}

/**
 * Draw an answer; the picture's coordinates are columns and rows, so that whole numbers are pixel centres.
 * @param {SVGSVGElement} overlay
 * @param {Answer} answer
 * @param {{ rows: number, cols: number }} size
 * @param {Place | null} cursor
 */
export function drawAnswer(overlay, answer, { rows, cols }, cursor) {
  overlay.setAttribute("viewBox", `-0.5 -0.5 ${cols} ${rows}`);
  const unit = Math.max(rows, cols) / 100;
  const points = answer.contour.map(([row, col]) => `${col},${row}`).join(" ");
  overlay.replaceChildren(
    shape("polygon", { points, class: "outline ground" }),
    shape("polygon", { points, class: "outline" }),
    ...answer.contour.map(([row, col]) => shape("circle", { cx: col, cy: row, r: 0.5 * unit, class: "corner" })),
    ...(answer.point ? cross("point", answer.point, 2 * unit) : []),
    ...(cursor ? cross("cursor", cursor, 3 * unit) : []),
  );
}
