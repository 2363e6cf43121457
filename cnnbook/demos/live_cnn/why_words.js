// What is said of the maps of what an answer depends on: their scales, where they are strongest, and how far two of them agree.

import { cornersOf, largestNinth, rankCorrelation } from "./dependence.js";
import { reachOf } from "./tiles.js";
import { fallsOf } from "./why_maps.js";
import { digits, exact, percent } from "./words.js";

const TEXT = {
  who: { trained: "Trained: ", untrained: "Untrained: " },
  strengths: (most) => `black 0, white ${most} or more`,
  falls: (most) => `falls by up to ${most} points`, rises: (most) => `rises by up to ${most} points`, constant: "does not change anywhere",
  ninths: ["top left", "top middle", "top right", "middle left", "centre", "middle right", "bottom left", "bottom middle", "bottom right"],
  most: (place) => `the ${place} ninth of the image holds the largest share of the map, `,
  even: (share) => ` (by area alone it would hold ${share}).`,
  from: "the probability falls from ", to: " to ", nowhere: ", and the probability does not fall anywhere.",
  at: ([top, left], side) => ` with the square on rows ${top + 1} to ${top + side} and columns ${left + 1} to ${left + side}.`,
  agreement: "Rank correlation of the two maps: ", meaning: " (1: the same order of places; 0: no agreement).",
  none: "The two maps cannot be compared: one of them is the same everywhere.",
};

// A number of points of probability, written with two digits.
const points = (share) => digits(100 * share, 2);

export const gradientLegend = (map) => TEXT.strengths(digits(reachOf(map), 2));
export function occlusionLegend(found) {
  const falls = fallsOf(found), most = Math.max(...falls), least = Math.min(...falls);
  return [most > 0 && TEXT.falls(points(most)), least < 0 && TEXT.rises(points(-least))].filter(Boolean).join(", ") || TEXT.constant;
}

// Sentences as parts, texts and numbers. `which` is "trained" or "untrained".
export function gradientInWords(map, which, { side }) {
  const { place, share, even } = largestNinth(map, side);
  return [TEXT.who[which], TEXT.most(TEXT.ninths[place]), exact(share, percent(share)), TEXT.even(percent(even))];
}
export function occlusionInWords({ whole, shares }, which, { side, square }) {
  const least = Math.min(...shares), start = [TEXT.who[which], TEXT.from, exact(whole, percent(whole))];
  if (least >= whole) return [TEXT.who[which], exact(whole, percent(whole)), TEXT.nowhere];
  const place = shares.indexOf(least), corners = cornersOf(side, square);
  const corner = [corners[Math.floor(place / corners.length)], corners[place % corners.length]];
  return [...start, TEXT.to, exact(least, percent(least)), TEXT.at(corner, square.side)];
}
export function agreement(one, other) {
  const correlation = rankCorrelation(one, other);
  return correlation === null ? [TEXT.none] : [TEXT.agreement, exact(correlation, digits(correlation, 2, 2)), TEXT.meaning];
}

export const textOf = (parts) => parts.map((part) => part.textContent ?? part).join("");
