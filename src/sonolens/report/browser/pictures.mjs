// @ts-check
/** Draws a scan on a canvas: its map or half of it, its regions with a ring of any width, its extremes and a scale bar. */
import { resample, scaleBar } from "./geometry.mjs";

/** @typedef {import("./geometry.mjs").CellMap} CellMap */
/** @typedef {import("./data.mjs").Case} Case */
/** @typedef {{ rows: number, cols: number, values: Uint8ClampedArray }} Levels */

export const PARTS = { other: 0, mass: 1, below: 2, annotation: 3 };
export const PERITUMORAL = 4;
export const REGION_WORDS = ["elsewhere", "mass", "below the mass", "annotation", "ring"];

/** Colours of `figures/style.py`; by code of a region. */
const OUTLINES = [null, [245, 180, 0], [198, 91, 214], [235, 235, 235], [18, 181, 140]];
/** Of every so many pixels along a diagonal, how many an outline leaves out. */
const GAPS = [null, [1, 0], [4, 2], [6, 4], [9, 3]];
/** Which outline is drawn between two regions: the first that touches. */
const FIRST = [PARTS.mass, PERITUMORAL, PARTS.below, PARTS.annotation];
const MALIGNANT = [237, 33, 36];
const BENIGN = [26, 107, 242];

/**
 * Decode a picture that the page carries.
 * @param {string} address
 * @returns {Promise<HTMLImageElement>}
 */
export async function loadPicture(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

/**
 * Read the grey levels of a decoded picture.
 * @param {HTMLImageElement} image
 * @returns {Levels}
 */
export function readLevels(image) {
  const { naturalWidth: cols, naturalHeight: rows } = image;
  const context = newCanvas(cols, rows);
  context.drawImage(image, 0, 0);
  const colours = context.getImageData(0, 0, cols, rows).data;
  return { rows, cols, values: Uint8ClampedArray.from({ length: rows * cols }, (_, at) => colours[4 * at]) };
}

/**
 * Tell the region of a level with a ring: 64 times a part, and the number of the narrowest ring that holds it.
 * @param {number} level
 * @param {number} ring
 */
export function regionOfLevel(level, ring) {
  return (level & 63) <= ring ? PERITUMORAL : level >> 6;
}

/**
 * Read the region at a place told as shares of the field of view.
 * @param {Levels} levels
 * @param {number} down
 * @param {number} across
 * @param {number} ring
 */
export function regionAt(levels, down, across, ring) {
  const row = Math.min(Math.floor(down * levels.rows), levels.rows - 1);
  const col = Math.min(Math.floor(across * levels.cols), levels.cols - 1);
  return regionOfLevel(levels.values[row * levels.cols + col], ring);
}

/**
 * Colour one sign of a map, opaque in step with its size; the strongest cell of either sign takes `opacity`.
 * @param {CellMap} map
 * @param {1 | -1} sign
 * @param {number} opacity
 * @param {ImageData} layer
 */
export function colourMap(map, sign, opacity, layer) {
  const values = resample(map, layer.height, layer.width);
  const [red, green, blue] = sign > 0 ? MALIGNANT : BENIGN;
  const scale = map.largest ? (255 * opacity) / map.largest : 0;
  values.forEach((value, at) => {
    if (sign * value > 0) layer.data.set([red, green, blue, Math.min(Math.abs(value) * scale, 255)], 4 * at);
  });
}

/**
 * Draw the borders of all regions; they differ by line as well as by colour.
 * @param {Levels} levels
 * @param {number} ring
 * @param {ImageData} layer
 */
export function outline(levels, ring, layer) {
  const { width, height, data } = layer;
  const thick = Math.max(1, Math.round(width / 280));
  const regions = Uint8Array.from({ length: width * height }, (_, at) => {
    const [row, col] = [Math.floor(at / width), at % width];
    return regionAt(levels, (row + 0.5) / height, (col + 0.5) / width, ring);
  });
  for (let row = 0; row < height; row += 1) {
    for (let col = 0; col < width; col += 1) {
      const here = regions[row * width + col];
      const right = regions[row * width + Math.min(col + thick, width - 1)];
      const under = regions[Math.min(row + thick, height - 1) * width + col];
      if (here === right && here === under) continue;
      const drawn = FIRST.find((code) => [here, right, under].includes(code)) ?? 0;
      const [period, gap] = GAPS[drawn] ?? [1, 0];
      const colour = OUTLINES[drawn];
      if (colour && Math.floor((row + col) / thick) % period >= gap) data.set([...colour, 255], 4 * (row * width + col));
    }
  }
}

/**
 * Draw a case.
 * @param {HTMLCanvasElement} canvas As large as it shall be drawn.
 * @param {object} drawn
 * @param {Case} drawn.shown
 * @param {HTMLImageElement} drawn.image
 * @param {Levels} drawn.levels
 * @param {CellMap} drawn.map
 * @param {1 | 0 | -1} drawn.sign Which half of the map; 0: both.
 * @param {number} drawn.opacity
 * @param {number} drawn.ring
 * @param {boolean} drawn.outlines
 * @param {boolean} drawn.crosses
 */
export function drawCase(canvas, { shown, image, levels, map, sign, opacity, ring, outlines, crosses }) {
  const { width, height } = canvas;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(image, 0, 0, width, height);
  const veil = newCanvas(width, height);
  const layer = veil.createImageData(width, height);
  if (sign >= 0) colourMap(map, 1, opacity, layer);
  if (sign <= 0) colourMap(map, -1, opacity, layer);
  if (outlines) outline(levels, ring, layer);
  veil.putImageData(layer, 0, 0);
  context.drawImage(veil.canvas, 0, 0);
  if (crosses) {
    cross(context, shown, shown.extremes.max.points, "+");
    cross(context, shown, shown.extremes.min.points, "−");
  }
  drawScaleBar(context, shown);
}

/**
 * Mark points of the scan with white crosses.
 * @param {CanvasRenderingContext2D} context
 * @param {Case} shown
 * @param {[number, number][]} points
 * @param {string} sign
 */
function cross(context, shown, points, sign) {
  const { width, height } = context.canvas;
  const arm = width / 55;
  for (const [row, col] of points) {
    const x = ((col + 0.5) / shown.cols) * width;
    const y = ((row + 0.5) / shown.rows) * height;
    const path = new Path2D(`M${x - arm} ${y - arm}L${x + arm} ${y + arm}M${x + arm} ${y - arm}L${x - arm} ${y + arm}`);
    stroke(context, path, width / 130);
    const left = x > 0.85 * width;
    write(context, sign, left ? x - 1.4 * arm : x + 1.4 * arm, y < 0.1 * height ? y + 2 * arm : y, left ? "right" : "left");
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Case} shown
 */
function drawScaleBar(context, shown) {
  const { width, height } = context.canvas;
  const { text, share } = scaleBar(shown.cols, shown.spacing_col_mm);
  const [right, bottom] = [width * 0.965, height - width * 0.035];
  stroke(context, new Path2D(`M${right - share * width} ${bottom}H${right}`), width / 130);
  write(context, text, right - (share * width) / 2, bottom - width / 60, "center");
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {number} width
 */
function stroke(context, path, width) {
  for (const [colour, line] of /** @type {[string, number][]} */ ([["#000", 2.2 * width], ["#fff", width]])) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.stroke(path);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {CanvasTextAlign} align
 */
function write(context, text, x, y, align) {
  context.font = `bold ${Math.max(12, context.canvas.width / 26)}px sans-serif`;
  context.textAlign = align;
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = "#000";
  context.strokeText(text, x, y);
  context.fillStyle = "#fff";
  context.fillText(text, x, y);
}

/**
 * @param {number} width
 * @param {number} height
 */
function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
}
