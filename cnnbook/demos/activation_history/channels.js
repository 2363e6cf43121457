// Some channels of one layer through the whole training, one above the other: from which value to which most of what leaves them lies.

import { svg } from "../shared/dom.js";

const LINE = 26, GAP = 4; // height of a channel, and what is between two

// The lowest and the highest value that any channel shows at any moment, zero included.
export function span(channels) {
  const ends = channels.flat(2);
  return [Math.min(0, ...ends), Math.max(0, ...ends)];
}

// A band from `low` to `high` and a line at the mean for each channel; a column for each moment, the chosen one between two lines.
export function drawChannels(chart, channels, step, [least, most], width) {
  const across = (i) => (((i + 0.5) / channels.length) * width).toFixed(1), height = channels[0].length * (LINE + GAP) - GAP;
  const lines = channels[0].map((_, channel) => {
    const top = channel * (LINE + GAP), reach = most - least || 1;
    const down = (value) => (top + LINE * (1 - (value - least) / reach)).toFixed(1);
    const along = (part) => channels.map((moment, i) => `${across(i)} ${down(moment[channel][part])}`);
    return svg("g", {},
      svg("path", { class: "cb-band", d: `M${[...along(2), ...along(0).reverse()].join("L")}Z` }),
      svg("path", { class: "cb-zero-line", d: `M0 ${down(0)}H${width}` }),
      svg("path", { class: "cb-middle", d: `M${along(1).join("L")}` }));
  });
  const column = width / channels.length;
  chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
  chart.setAttribute("width", width);
  chart.setAttribute("height", height);
  chart.replaceChildren(...lines, svg("path", { class: "cb-now", d: `M${step * column} 0V${height}M${(step + 1) * column} 0V${height}` }));
}
