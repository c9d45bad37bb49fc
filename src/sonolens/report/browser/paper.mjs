// @ts-check
/** The calls that are wrong, drawn once for paper, where no browser works. */
import { readMap } from "./data.mjs";
import { drawCase, loadPicture, readLevels } from "./pictures.mjs";

/** @typedef {import("./data.mjs").Case} Case */

/** Of a drawing: 130 to the inch on half an A4 sheet. */
const PAPER_PIXELS = 440;
const OPACITY = 0.72;

/**
 * Draw every case that the page has a place for on paper, one after the other, so that nobody waits for it.
 * @param {{ cases: Case[], scans: Map<string, any>, maps: Record<string, any>, ring: number }} told
 */
export async function drawForPaper({ cases, scans, maps, ring }) {
  const known = new Map(cases.map((each) => [each.key, each]));
  for (const canvas of document.querySelectorAll("canvas[data-paper-case]")) {
    if (!(canvas instanceof HTMLCanvasElement)) continue;
    const shown = known.get(canvas.dataset.paperCase ?? "");
    const [scan, map] = [scans.get(shown?.scan ?? ""), maps[shown?.key ?? ""]];
    if (!shown || !scan?.picture || !map?.cells) continue;
    const [image, regions] = await Promise.all([loadPicture(scan.picture), loadPicture(scan.regions)]);
    const tall = (shown.rows * (shown.spacing_row_mm ?? 1)) / (shown.cols * (shown.spacing_col_mm ?? 1));
    [canvas.width, canvas.height] = [PAPER_PIXELS, Math.max(1, Math.round(PAPER_PIXELS * tall))];
    const marks = { ring, opacity: OPACITY, outlines: true, crosses: true };
    drawCase(canvas, { shown, image, levels: readLevels(regions), map: readMap(map), sign: 0, ...marks });
    canvas.hidden = false;
  }
}
