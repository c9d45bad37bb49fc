// @ts-check
/**
 * The pointing game with a ring of any width, played again on chosen cases: `score_pointing_game` in Python, but for its
 * intervals, which are Wilson's here.
 *
 * A place is four numbers: 1 in the mass, the number of the narrowest ring that it is in, how many of the narrowest
 * rings leave it below the mass, and its weight. Python worked them out from distances; nothing is measured here.
 */

/** @typedef {[number, number, number, number]} Place */
/** @typedef {"either" | "decision" | "max" | "min"} Rule */
/** @typedef {{ mass: number, peritumoral: number, below: number, any: number }} ByRegion */

/**
 * @typedef {object} Player What must be known of a case to let it play.
 * @property {Place[]} max Where the map is largest; empty for a constant map.
 * @property {Place[]} min
 * @property {Place[]} cells Where blind points may fall.
 * @property {Place} drawn A place that lies wherever any pixel does.
 * @property {boolean} calledMalignant
 */

/**
 * @typedef {object} Rate
 * @property {keyof ByRegion} region
 * @property {number} n
 * @property {number} hits
 * @property {number} rate
 * @property {number} low
 * @property {number} high
 * @property {number} chance
 * @property {number} silent Constant maps, which point nowhere.
 * @property {number} empty Scans without a pixel of the region.
 */

/** @type {(keyof ByRegion)[]} */
export const REGIONS = ["any", "mass", "peritumoral", "below"];

/**
 * Read places written as text, apart by semicolons.
 * @param {string} text
 * @returns {Place[]}
 */
export function readPlaces(text) {
  if (text === "") return [];
  return text.split(";").map((place) => /** @type {Place} */ (place.split(" ").map(Number)));
}

/**
 * Tell in which regions a place lies with a ring.
 * @param {readonly number[]} place
 * @param {number} ring
 */
export function regionsOf([mass, from, until], ring) {
  const inside = { mass: mass === 1, peritumoral: from <= ring, below: ring < until };
  return { ...inside, any: inside.mass || inside.peritumoral || inside.below };
}

/**
 * Add up how much of some places lies in each region with a ring.
 * @param {Place[]} places
 * @param {number} ring
 * @returns {ByRegion}
 */
export function weighInside(places, ring) {
  const total = { mass: 0, peritumoral: 0, below: 0, any: 0 };
  for (const place of places) {
    const inside = regionsOf(place, ring);
    for (const region of REGIONS) if (inside[region]) total[region] += place[3];
  }
  return total;
}

/**
 * Apply a rule to what maxima and minima hit.
 * @param {Rule} rule
 * @param {number} atMax
 * @param {number} atMin
 * @param {boolean} calledMalignant
 */
export function applyRule(rule, atMax, atMin, calledMalignant) {
  if (rule === "either") return 1 - (1 - atMax) * (1 - atMin);
  if (rule === "decision") return calledMalignant ? atMax : atMin;
  return rule === "max" ? atMax : atMin;
}

/**
 * Tell how much of a map's extremes hits each region, by a rule; null for a constant map.
 * @param {Player} player
 * @param {Rule} rule
 * @param {number} ring
 * @returns {ByRegion | null}
 */
export function hitsOf(player, rule, ring) {
  if (player.max.length === 0) return null;
  const [atMax, atMin] = [weighInside(player.max, ring), weighInside(player.min, ring)];
  return byRegion((region) =>
    applyRule(rule, Math.min(atMax[region], 1), Math.min(atMin[region], 1), player.calledMalignant),
  );
}

/**
 * Tell what blind points score on a scan, by a rule.
 * @param {Player} player
 * @param {Rule} rule
 * @param {number} ring
 * @returns {ByRegion}
 */
export function chanceOf(player, rule, ring) {
  const inside = weighInside(player.cells, ring);
  const all = player.cells.reduce((sum, place) => sum + place[3], 0);
  return byRegion((region) => {
    const share = inside[region] / all;
    return applyRule(rule, share, share, player.calledMalignant);
  });
}

/**
 * Play the game: hits, chance and Wilson's interval of every region.
 * @param {Player[]} players
 * @param {{ rule: Rule, ring: number, confidence: number }} how
 * @returns {Rate[]}
 */
export function play(players, { rule, ring, confidence }) {
  const hits = players.map((player) => hitsOf(player, rule, ring));
  const chances = players.map((player) => chanceOf(player, rule, ring));
  const drawn = players.map((player) => regionsOf(player.drawn, ring));
  return REGIONS.map((region) => {
    const tally = { n: 0, hits: 0, silent: 0, empty: 0 };
    let chance = 0;
    players.forEach((_, index) => {
      const hit = hits[index];
      if (hit === null) tally.silent += 1;
      else if (!drawn[index][region]) tally.empty += 1;
      else {
        tally.n += 1;
        tally.hits += hit[region];
        chance += chances[index][region];
      }
    });
    const [low, high] = wilson(tally.hits, tally.n, confidence);
    return { region, ...tally, rate: tally.hits / tally.n, low, high, chance: chance / tally.n };
  });
}

/**
 * Return Wilson's score interval of a proportion; NaN where nothing was counted. Shares of a hit are allowed.
 * @param {number} hits
 * @param {number} n
 * @param {number} confidence
 * @returns {[number, number]}
 */
export function wilson(hits, n, confidence) {
  if (n === 0) return [NaN, NaN];
  const z = normalQuantile((1 + confidence) / 2);
  const rate = hits / n;
  const scale = 1 + (z * z) / n;
  const centre = (rate + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  return [hits === 0 ? 0 : centre - half, hits === n ? 1 : centre + half];
}

/**
 * Invert the normal distribution; error below 1e-9, by Newton's steps on its series.
 * @param {number} p Between 0.5 and 1.
 */
export function normalQuantile(p) {
  let z = 1;
  for (let step = 0; step < 60; step += 1) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const change = (normalShare(z) - p) / density;
    z -= Math.max(Math.min(change, 1), -1);
    if (Math.abs(change) < 1e-12) break;
  }
  return z;
}

/** @param {number} z */
function normalShare(z) {
  let term = z;
  let sum = z;
  for (let n = 1; n < 200; n += 1) {
    term *= (z * z) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/**
 * @param {(region: keyof ByRegion) => number} value
 * @returns {ByRegion}
 */
function byRegion(value) {
  return { any: value("any"), mass: value("mass"), peritumoral: value("peritumoral"), below: value("below") };
}
