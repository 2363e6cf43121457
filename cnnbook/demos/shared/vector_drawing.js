// Drawings (SVG). One that names no width and height of its own gets them here, since each browser would choose another size, or none.

const SIDE = 1024; // pixels of the shorter side where a drawing names only its proportions
const LONGEST = 8192; // the canvas of every browser is as long

export const isDrawing = (file) => file.type === "image/svg+xml" || (!file.type && /\.svg$/i.test(file.name));

// A length that does not depend on a page: in any unit but per cent.
const isLength = (text) => /^\s*\d*\.?\d+([a-z]+)?\s*$/i.test(text ?? "") && parseFloat(text) > 0;

// The drawing as text with a size, and whether it named that itself: {text, sized}. The text is null where it names no proportions
// either; all is null where it is no drawing.
export function withSize(text) {
  const drawing = new DOMParser().parseFromString(text, "image/svg+xml"), root = drawing.documentElement;
  if (root.localName !== "svg" || drawing.getElementsByTagName("parsererror").length) return null;
  const sized = isLength(root.getAttribute("width")) && isLength(root.getAttribute("height"));
  if (!sized) {
    const [, , width, height] = (root.getAttribute("viewBox") ?? "").split(/[\s,]+/).filter(Boolean).map(Number);
    if (!(width > 0 && height > 0)) return { text: null, sized };
    const scale = Math.min(SIDE / Math.min(width, height), LONGEST / Math.max(width, height));
    root.setAttribute("width", Math.max(1, Math.round(width * scale)));
    root.setAttribute("height", Math.max(1, Math.round(height * scale)));
  }
  return { text: new XMLSerializer().serializeToString(drawing), sized };
}

// An image element with this drawing, decoded.
export async function drawn(text, image) {
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  image.src = address;
  try {
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
}
