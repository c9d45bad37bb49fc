// @ts-check
/** Numbers as the page prints them: a true minus sign, and a dash where there is none. */

export const NOTHING = "–";

/**
 * @param {number | null} value
 * @param {number} digits Behind the point.
 */
export function fixed(value, digits) {
  if (value === null || !Number.isFinite(value)) return NOTHING;
  return minus(value.toFixed(digits));
}

/**
 * Print two numbers with as many digits as it takes to tell them apart; at least two, and six at most.
 * @param {number} one
 * @param {number} other
 */
export function apart(one, other) {
  let digits = 2;
  while (digits < 6 && one !== other && fixed(one, digits) === fixed(other, digits)) digits += 1;
  return [fixed(one, digits), fixed(other, digits)];
}

/**
 * Print evidence with its sign.
 * @param {number} value
 */
export function signed(value) {
  if (!Number.isFinite(value)) return NOTHING;
  const text = Math.abs(value) >= 1e-3 || value === 0 ? value.toFixed(3) : value.toExponential(1);
  return value > 0 ? `+${text}` : minus(text);
}

/** @param {number} share */
export function percent(share) {
  return Number.isFinite(share) ? `${fixed(100 * share, 0)} %` : NOTHING;
}

/**
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** @param {string} text */
function minus(text) {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace("-", "−");
}
