// @ts-check
/**
 * Positions on pixel grids, by the rules of `sonolens/ultrasound/grid.py`: whole numbers are pixel centres, and a grid of
 * `n` pixels covers -0.5 to n - 0.5.
 */

/**
 * Measure a position along one line from the grid's first edge.
 * @param {number} position
 * @param {number} spacingMm
 */
export function toMm(position, spacingMm) {
  return (position + 0.5) * spacingMm;
}

/**
 * Find the position on a line of `size` pixels of a share of what it covers: 0 is its first edge, 1 its last.
 * @param {number} share
 * @param {number} size
 */
export function fromShare(share, size) {
  return share * size - 0.5;
}

/**
 * Carry a position to another grid that covers the same field.
 * @param {number} position
 * @param {number} size
 * @param {number} to
 */
export function rescale(position, size, to) {
  return ((position + 0.5) * to) / size - 0.5;
}

/**
 * Return the pixel whose square holds a position; the edge of two belongs to the next one, and what lies outside to the
 * nearest.
 * @param {number} position
 * @param {number} size
 */
export function pixelAt(position, size) {
  return Math.min(Math.max(Math.floor(position + 0.5), 0), size - 1);
}

/**
 * @typedef {object} CellMap
 * @property {number} rows
 * @property {number} cols
 * @property {number} largest Largest absolute value of a cell.
 * @property {ArrayLike<number>} cells Row by row; positive speaks for malignant.
 */

/**
 * Resize a map to a grid: bilinear between cell centres, level beyond the outer ones; `resample_map` in Python.
 * @param {CellMap} map
 * @param {number} rows
 * @param {number} cols
 * @returns {Float32Array} Row by row.
 */
export function resample(map, rows, cols) {
  const down = interpolation(rows, map.rows);
  const across = interpolation(cols, map.cols);
  const values = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row += 1) {
    const upper = down.first[row] * map.cols;
    const lower = down.second[row] * map.cols;
    const sink = down.weight[row];
    for (let col = 0; col < cols; col += 1) {
      const left = across.first[col];
      const right = across.second[col];
      const drift = across.weight[col];
      const above = map.cells[upper + left] * (1 - drift) + map.cells[upper + right] * drift;
      const beneath = map.cells[lower + left] * (1 - drift) + map.cells[lower + right] * drift;
      values[row * cols + col] = above * (1 - sink) + beneath * sink;
    }
  }
  return values;
}

/**
 * Tell for every pixel of a line between which two cells it lies, and how much of the second it takes.
 * @param {number} pixels
 * @param {number} cells
 */
export function interpolation(pixels, cells) {
  const first = new Int32Array(pixels);
  const second = new Int32Array(pixels);
  const weight = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const place = Math.min(Math.max(rescale(pixel, pixels, cells), 0), cells - 1);
    first[pixel] = Math.floor(place);
    second[pixel] = Math.min(first[pixel] + 1, cells - 1);
    weight[pixel] = place - first[pixel];
  }
  return { first, second, weight };
}

/**
 * Choose a scale bar that takes at most two fifths of a scan's width; without spacing it counts pixels.
 * @param {number} cols
 * @param {number | null} spacingMm
 * @returns {{ text: string, share: number }} Its words, and its share of the width.
 */
export function scaleBar(cols, spacingMm) {
  const lengths = spacingMm === null ? [200, 100, 50, 20, 10, 5, 2, 1] : [10, 5, 2, 1];
  const width = cols * (spacingMm ?? 1);
  const length = lengths.find((each) => each <= 0.4 * width) ?? 1;
  return { text: `${length} ${spacingMm === null ? "px" : "mm"}`, share: Math.min(length / width, 1) };
}
