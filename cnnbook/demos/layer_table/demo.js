// LayerTable: an editable network, with the shape, parameters and multiply–accumulates of each layer and how they are worked out.

import { element, liveRegion, oncePerFrame, say } from "../shared/dom.js";
import { labelled, numberField, warnings, wholeFrom } from "../shared/fields.js";
import { layerEditor } from "../shared/layer_editor.js";
import { change, onChange, replaced } from "../shared/model.js";
import { formatCount } from "../shared/numbers.js";
import { countLayers } from "./counts.js";

const TEXT = {
  caption: "for one image", sides: ["Height", "Width", "Channels"], sideNames: ["input height", "input width", "input channels"],
  said: (count, parameters, macs) => `${count} layers: ${parameters} parameters, ${macs} multiply–accumulates.`,
};

function createShapeFields(model, warn) {
  const shape = () => model.get("input_shape");
  return TEXT.sideNames.map((name, axis) => numberField({
    name, range: wholeFrom(1, model.get("limits").most), warn, attributes: { "aria-label": name },
    read: () => shape()[axis], write: (value) => change(model, { input_shape: replaced(shape(), axis, value) }),
  }));
}

function render({ model, el }) {
  const { node: complaint, warn, refuse } = warnings(), live = liveRegion(), shapeFields = createShapeFields(model, warn);
  const editor = layerEditor({
    kinds: model.get("rules"), most: model.get("limits").layers, caption: TEXT.caption, warn, refuse,
    list: () => model.get("layers"), change: (layers) => change(model, { layers }),
  });
  const root = element("div", { class: "cnnbook" },
    element("div", { class: "cb-controls" }, ...shapeFields.map((field, axis) => labelled(TEXT.sides[axis], field.input))),
    editor.node, complaint, live);
  function draw() {
    if (!el.isConnected) return;
    const layers = model.get("layers"), plan = countLayers(model.get("input_shape"), layers);
    for (const field of shapeFields) field.show();
    editor.show(plan);
    say(live, plan.problem || TEXT.said(layers.length, ...[plan.parameters + plan.fixed, plan.macs].map(formatCount)));
  }
  const redraw = oncePerFrame(draw), unlisten = onChange(model, ["layers", "input_shape"], redraw);
  el.replaceChildren(root);
  redraw();
  return unlisten;
}

export default { render };
