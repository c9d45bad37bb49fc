// @ts-check
/** What is kept between two sittings, in the browser's own store, and how long a scan is looked at. */

/** @typedef {import("./marks.mjs").Answer} Answer */
/** @typedef {{ reader: string, place: number, answers: Answer[] }} Kept */

/**
 * Read what was kept of a task; null where nothing was, or nothing that can be read.
 * @param {Pick<Storage, "getItem">} store
 * @param {string} task
 * @returns {Kept | null}
 */
export function readKept(store, task) {
  try {
    const kept = JSON.parse(store.getItem(nameOf(task)) ?? "null");
    return kept && Array.isArray(kept.answers) && Number.isInteger(kept.place) ? kept : null;
  } catch {
    return null;
  }
}

/**
 * Keep a task as far as it is; false where the browser keeps nothing.
 * @param {Pick<Storage, "setItem">} store
 * @param {string} task
 * @param {Kept} kept
 */
export function keep(store, task, kept) {
  try {
    store.setItem(nameOf(task), JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

/** @param {string} task */
function nameOf(task) {
  return `sonolens-reading-task-${task}`;
}

/** Counts the seconds that a scan is in sight. */
export class Clock {
  /** @param {() => number} now Milliseconds. */
  constructor(now) {
    this.now = now;
    /** @type {number | null} */
    this.since = null;
  }

  /** Begin, or go on. */
  start() {
    this.since ??= this.now();
  }

  /** Tell the seconds since it was asked last, or began; it goes on. */
  take() {
    if (this.since === null) return 0;
    const now = this.now();
    const seconds = (now - this.since) / 1000;
    this.since = now;
    return seconds;
  }

  /** Tell the seconds since it was asked last, and stop. */
  stop() {
    const seconds = this.take();
    this.since = null;
    return seconds;
  }
}
