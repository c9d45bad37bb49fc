// @ts-check
/** Elements of the page, found and made; text enters them as text only. */

/**
 * Find the one element that bears a hook.
 * @param {string} hook Name of a `data-` attribute, with or without a value.
 * @param {ParentNode} [within]
 * @returns {any}
 */
export function find(hook, within = document) {
  const found = within.querySelector(`[data-${hook}]`);
  if (!found) throw new Error(`the page has no element with data-${hook}`);
  return found;
}

/**
 * @param {string} hook
 * @param {ParentNode} [within]
 * @returns {any[]}
 */
export function findAll(hook, within = document) {
  return [...within.querySelectorAll(`[data-${hook}]`)];
}

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} content
 * @returns {any}
 */
export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

/**
 * Offer values in a selection, after those it has.
 * @param {HTMLSelectElement} select
 * @param {string[]} values
 * @param {(value: string) => string} [word]
 */
export function offer(select, values, word = (value) => value) {
  for (const value of values) select.append(make("option", { value }, word(value)));
}

/**
 * Let a button be pressed or not. One that had the focus hands it on when it no longer may: keys work only within the
 * browser, and a focus on nothing would be lost to it.
 * @param {any} button
 * @param {boolean} may
 * @param {HTMLElement} [heir] Takes the focus; what is around the button and can, if nothing else.
 */
export function allow(button, may, heir = button.closest("[tabindex]")) {
  const focused = document.activeElement === button;
  button.disabled = !may;
  if (focused && !may) heir?.focus({ preventScroll: true });
}
