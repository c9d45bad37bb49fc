// @ts-check
/** What a reader says of one scan, and how it grows by clicks and keys; nothing here knows the page. */

/** @typedef {[number, number]} Place Row and column; whole numbers are pixel centres. */
/** @typedef {"point" | "contour"} Mode */
/**
 * @typedef {object} Answer
 * @property {string} code
 * @property {Place | null} point
 * @property {Place[]} contour
 * @property {string | null} birads
 * @property {number | null} confidence
 * @property {number} seconds
 * @property {boolean} done
 */
/** @typedef {{ code: string, rows: number, cols: number, picture: string }} TaskScan */
/** @typedef {{ format: number, task: string, scans: TaskScan[] }} Task */

/**
 * @param {string} code
 * @returns {Answer}
 */
export function openAnswer(code) {
  return { code, point: null, contour: [], birads: null, confidence: null, seconds: 0, done: false };
}

/**
 * Find the place of the scan under a place of the screen; what lies outside is brought to the edge.
 * @param {{ x: number, y: number }} at
 * @param {{ left: number, top: number, width: number, height: number }} box Where the scan lies on the screen.
 * @param {{ rows: number, cols: number }} size
 * @returns {Place}
 */
export function placeAt({ x, y }, box, { rows, cols }) {
  const share = (/** @type {number} */ value) => Math.min(1, Math.max(0, value));
  return [
    share((y - box.top) / box.height) * rows - 0.5,
    share((x - box.left) / box.width) * cols - 0.5,
  ];
}

/**
 * Move a place by steps of a hundredth of the longer side, and stay on the scan.
 * @param {Place} place
 * @param {Place} steps
 * @param {{ rows: number, cols: number }} size
 * @returns {Place}
 */
export function movePlace([row, col], [down, across], { rows, cols }) {
  const step = Math.max(rows, cols) / 100;
  const keep = (/** @type {number} */ at, /** @type {number} */ side) => Math.min(side - 0.5, Math.max(-0.5, at));
  return [keep(row + down * step, rows), keep(col + across * step, cols)];
}

/**
 * Add a place: a point takes the place of the one before, a corner goes to the end of the outline.
 * @param {Answer} answer
 * @param {Mode} mode
 * @param {Place} place
 * @returns {Answer}
 */
export function addMark(answer, mode, place) {
  return mode === "point" ? { ...answer, point: place } : { ...answer, contour: [...answer.contour, place] };
}

/**
 * Take back the last corner, or the point.
 * @param {Answer} answer
 * @param {Mode} mode
 * @returns {Answer}
 */
export function undoMark(answer, mode) {
  return mode === "point" ? { ...answer, point: null } : { ...answer, contour: answer.contour.slice(0, -1) };
}

/**
 * Say what a reader has left open, in words.
 * @param {Answer} answer
 * @returns {string[]}
 */
export function listOpen(answer) {
  const open = [];
  if (!answer.point) open.push("the point");
  if (answer.contour.length < 3) open.push("the outline");
  if (answer.birads === null) open.push("BI-RADS");
  if (answer.confidence === null) open.push("the confidence");
  return open;
}

/**
 * Whether an outline has been begun that encloses nothing.
 * @param {Answer} answer
 */
export function isHalfDrawn(answer) {
  return answer.contour.length > 0 && answer.contour.length < 3;
}

/**
 * Whether there is anything to save of a scan.
 * @param {Answer} answer
 */
export function isTold(answer) {
  return answer.done || Boolean(answer.point) || answer.contour.length > 2 || answer.birads !== null;
}

/**
 * Write all answers as they are saved, in the order of the scans; scans that were not read are left out.
 * @param {Task} task
 * @param {string} reader
 * @param {Map<string, Answer>} answers
 */
export function writeAnswers(task, reader, answers) {
  const told = task.scans.flatMap(({ code }) => {
    const answer = answers.get(code);
    return answer && isTold(answer) ? [answer] : [];
  });
  return {
    format: task.format,
    task: task.task,
    reader,
    answers: told.map(({ code, point, contour, birads, confidence, seconds }) => ({
      code,
      point,
      contour: contour.length > 2 ? contour : null,
      birads,
      confidence,
      seconds: Math.round(10 * seconds) / 10,
    })),
  };
}
