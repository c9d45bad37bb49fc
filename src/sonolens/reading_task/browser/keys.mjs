// @ts-check
/** Which key does what; none does anything while a name is typed. */

/** @typedef {"point" | "contour" | "undo" | "clear" | "next" | "back" | "place" | "up" | "down" | "left" | "right"} Action */

/** @type {Record<string, Action>} */
const EVERYWHERE = { p: "point", o: "contour", n: "next", b: "back", u: "undo", Backspace: "undo", Delete: "clear" };

/** @type {Record<string, Action>} */
const ON_THE_SCAN = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Enter: "place",
  " ": "place",
};

/** @type {Partial<Record<Action, [number, number]>>} */
export const STEPS = { up: [-1, 0], down: [1, 0], left: [0, -1], right: [0, 1] };

/**
 * Tell what a pressed key asks for; null where it asks for nothing here.
 * @param {{ key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean }} event
 * @param {{ typing: boolean, onScan: boolean }} where
 * @returns {Action | null}
 */
export function askedBy({ key, ctrlKey, metaKey, altKey }, { typing, onScan }) {
  if (ctrlKey || metaKey || altKey || typing) return null;
  if (onScan && Object.hasOwn(ON_THE_SCAN, key)) return ON_THE_SCAN[key];
  return Object.hasOwn(EVERYWHERE, key) ? EVERYWHERE[key] : null;
}
