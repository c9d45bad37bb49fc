// @ts-check
/** The page of a reading task: one scan after the other, what is clicked, chosen and typed, and the file that is saved. */
import { STEPS, askedBy } from "./keys.mjs";
import { addMark, isHalfDrawn, isTold, listOpen, movePlace, openAnswer, placeAt, undoMark, writeAnswers } from "./marks.mjs";
import { drawAnswer } from "./overlay.mjs";
import { Clock, keep, readKept } from "./progress.mjs";

/** @typedef {import("./marks.mjs").Answer} Answer */
/** @typedef {import("./marks.mjs").Mode} Mode */
/** @typedef {import("./marks.mjs").Place} Place */
/** @typedef {import("./marks.mjs").Task} Task */

/**
 * @param {string} hook
 * @returns {any}
 */
function find(hook) {
  const found = document.querySelector(`[data-${hook}]`);
  if (!found) throw new Error(`the page has no element with data-${hook}`);
  return found;
}

/** The browser's store; one that keeps nothing where there is none. */
function openStore() {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem: () => { throw new Error("nothing is kept"); } };
  }
}

class ReadingTask {
  /** @param {Task} task */
  constructor(task) {
    this.task = task;
    this.store = openStore();
    const kept = readKept(this.store, task.task);
    const known = new Set(task.scans.map(({ code }) => code));
    const told = (kept?.answers ?? []).filter((each) => known.has(each?.code) && Array.isArray(each.contour));
    /** @type {Map<string, Answer>} */
    this.answers = new Map(told.map((each) => [each.code, { ...openAnswer(each.code), ...each }]));
    this.place = Math.min(Math.max(kept?.place ?? 0, 0), task.scans.length - 1);
    /** @type {Mode} */
    this.mode = "point";
    /** @type {Place | null} */
    this.cursor = null;
    this.warned = "";
    this.clock = new Clock(() => performance.now());
    find("reader").value = kept?.reader ?? "";
  }

  get scan() {
    return this.task.scans[this.place];
  }

  get answer() {
    return this.answers.get(this.scan.code) ?? openAnswer(this.scan.code);
  }

  /** @param {Answer} answer */
  set answer(answer) {
    this.answers.set(answer.code, answer);
  }

  /** @param {string} text */
  say(text) {
    find("said").textContent = text;
  }

  /** Add the time in sight, and keep all in the browser's store. */
  keep() {
    this.answer = { ...this.answer, seconds: this.answer.seconds + this.clock.take() };
    const kept = { reader: find("reader").value, place: this.place, answers: [...this.answers.values()] };
    if (!keep(this.store, this.task.task, kept)) this.say("This browser keeps nothing: save before you close the page.");
  }

  /** @param {Answer} answer */
  change(answer) {
    this.answer = answer;
    this.warned = "";
    this.say("");
    this.keep();
    this.draw();
  }

  /** Show the scan at the present place. */
  show() {
    const { picture, rows, cols } = this.scan;
    find("picture").src = picture;
    find("stage").style.setProperty("--aspect", String(cols / rows));
    this.cursor = null;
    this.warned = "";
    this.clock.start();
    this.draw();
  }

  draw() {
    const { answer, task } = this;
    drawAnswer(find("overlay"), answer, this.scan, this.cursor);
    const done = task.scans.filter(({ code }) => this.answers.get(code)?.done).length;
    find("progress").textContent = `Scan ${this.place + 1} of ${task.scans.length}, ${done} read`;
    find("back").disabled = this.place === 0;
    for (const button of document.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-mode") === this.mode));
    }
    for (const name of /** @type {const} */ (["birads", "confidence"])) {
      for (const each of document.querySelectorAll(`input[name="${name}"]`)) {
        const input = /** @type {HTMLInputElement} */ (each);
        input.checked = input.value === String(answer[name] ?? "");
      }
    }
  }

  /** @param {Place} place */
  mark(place) {
    this.change(addMark(this.answer, this.mode, place));
  }

  /** @param {Mode} mode */
  choose(mode) {
    this.mode = mode;
    this.draw();
  }

  /** @param {number} by */
  go(by) {
    this.keep();
    this.clock.stop();
    this.place += by;
    this.show();
    this.keep();
  }

  next() {
    const open = listOpen(this.answer);
    if (isHalfDrawn(this.answer)) return this.say("An outline needs three corners: go on, or take them back.");
    if (open.length && this.warned !== this.scan.code) {
      this.warned = this.scan.code;
      return this.say(`Still open: ${open.join(", ")}. Press next again to leave it so.`);
    }
    this.answer = { ...this.answer, done: true };
    this.say("");
    if (this.place < this.task.scans.length - 1) return this.go(1);
    this.keep();
    this.draw();
    return this.say("That was the last scan. Save the answers.");
  }

  save() {
    if (isHalfDrawn(this.answer)) return this.say("An outline needs three corners: go on, or take them back.");
    this.keep();
    const written = writeAnswers(this.task, find("reader").value.trim(), this.answers);
    const address = URL.createObjectURL(new Blob([JSON.stringify(written)], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `answers-${this.task.task}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    const unread = this.task.scans.filter(({ code }) => !isTold(this.answers.get(code) ?? openAnswer(code))).length;
    return this.say(`Saved ${written.answers.length} of ${this.task.scans.length} scans${unread ? `; ${unread} not read yet` : ""}.`);
  }

  /** @param {import("./keys.mjs").Action} action @param {boolean} far */
  act(action, far) {
    const steps = STEPS[action];
    if (steps) {
      const from = this.cursor ?? /** @type {Place} */ ([(this.scan.rows - 1) / 2, (this.scan.cols - 1) / 2]);
      this.cursor = movePlace(from, /** @type {Place} */ (steps.map((each) => each * (far ? 5 : 1))), this.scan);
      this.draw();
    } else if (action === "place") {
      if (this.cursor) this.mark(this.cursor);
    } else if (action === "point" || action === "contour") this.choose(action);
    else if (action === "undo") this.change(undoMark(this.answer, this.mode));
    else if (action === "clear") this.change({ ...this.answer, point: null, contour: [] });
    else if (action === "next") this.next();
    else if (this.place > 0) this.go(-1);
  }

  listen() {
    const stage = find("stage");
    stage.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const box = find("picture").getBoundingClientRect();
      this.mark(placeAt({ x: event.clientX, y: event.clientY }, box, this.scan));
    });
    for (const name of /** @type {const} */ (["undo", "clear", "next", "back"])) {
      find(name).addEventListener("click", () => this.act(name, false));
    }
    for (const button of document.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => this.choose(/** @type {Mode} */ (button.getAttribute("data-mode"))));
    }
    for (const input of document.querySelectorAll("input[type=radio]")) {
      input.addEventListener("change", () => {
        const { name, value } = /** @type {HTMLInputElement} */ (input);
        this.change({ ...this.answer, [name]: name === "confidence" ? Number(value) : value });
      });
    }
    find("save").addEventListener("click", () => this.save());
    find("reader").addEventListener("input", () => this.keep());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.answer = { ...this.answer, seconds: this.answer.seconds + this.clock.stop() };
      else this.clock.start();
    });
    window.addEventListener("pagehide", () => this.keep());
    document.addEventListener("keydown", (event) => this.press(event, stage));
  }

  /** @param {KeyboardEvent} event @param {Element} stage */
  press(event, stage) {
    const typing = event.target === find("reader");
    const action = askedBy(event, { typing, onScan: document.activeElement === stage });
    if (!action) return;
    event.preventDefault();
    this.act(action, event.shiftKey);
  }
}

if (typeof document !== "undefined") {
  const task = new ReadingTask(JSON.parse(find("task").textContent));
  task.listen();
  task.show();
}
