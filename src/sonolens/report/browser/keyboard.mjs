// @ts-check
/** Which key does what. Keys work while the focus is in the browser, and never while something is typed or chosen. */

/** @typedef {"next" | "previous" | "help" | "close" | "wider" | "narrower"} Action */

/** @type {Record<string, Action>} */
const KEYS = {
  j: "next",
  k: "previous",
  "?": "help",
  Escape: "close",
  "]": "wider",
  "[": "narrower",
};

const TYPED = new Set(["INPUT", "SELECT", "TEXTAREA"]);

/**
 * Tell what a pressed key asks for; null where it asks for nothing here.
 * @param {{ key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, target?: any }} event
 * @returns {Action | null}
 */
export function actionOf({ key, ctrlKey, metaKey, altKey, target }) {
  if (ctrlKey || metaKey || altKey) return null;
  const action = Object.hasOwn(KEYS, key) ? KEYS[key] : null;
  // A slider takes no letters, so that j and k may go on while a ring is chosen.
  const typing = target && TYPED.has(target.tagName) && !["range", "checkbox"].includes(target.type);
  return typing && action !== "close" ? null : action;
}
