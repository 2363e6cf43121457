// One block of memory for all numbers of a network, and the matrix product on it: in WebAssembly SIMD, or in plain JavaScript where
// that is missing or forbidden. The block has its full size from the start, because growing would detach every array in it.
import { PRODUCT } from "./product_bytes.js";

const PAGE = 65536; // bytes; what WebAssembly counts memory in
const RESERVED = 128; // bytes at the start: the kernel's tile for what hangs over an edge
const BEHIND = 64; // bytes at the end that the kernel may read

const inBytes = (length) => Math.ceil((4 * length) / 16) * 16;

// What `take` will need for arrays of these lengths.
export const bytesFor = (lengths) => lengths.reduce((sum, length) => sum + inBytes(length), RESERVED + BEHIND);

function assembled(memory) {
  try {
    const bytes = Uint8Array.from(atob(PRODUCT), (character) => character.charCodeAt(0));
    // A module this small may be compiled at once, on the main thread too.
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), { engine: { memory } }).exports.product;
  } catch {
    return null; // no SIMD, or a page whose policy forbids WebAssembly
  }
}

// The same in plain JavaScript, summed in 64 bits.
function plainProduct(a, b, c, rows, k, n, transposed) {
  const sums = new Float64Array(n), down = transposed ? 1 : k, across = transposed ? rows : 1;
  for (let m = 0; m < rows; m++) {
    for (let j = 0; j < n; j++) sums[j] = c[m * n + j];
    for (let p = 0, place = m * down, weight = 0; p < k; p++, place += across) {
      const x = a[place];
      for (let j = 0; j < n; j++, weight++) sums[j] += x * b[weight];
    }
    for (let j = 0; j < n; j++) c[m * n + j] = sums[j];
  }
}

export class Arena {
  #bytes = RESERVED;
  #buffer;
  #product = null;

  constructor(bytes, { simd = true } = {}) {
    if (simd && typeof WebAssembly === "object") {
      const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
      this.#product = assembled(memory);
      this.#buffer = memory.buffer;
    } else this.#buffer = new ArrayBuffer(bytes);
  }

  get simd() { return this.#product !== null; }

  // An array of zeros.
  take(length) {
    const values = new Float32Array(this.#buffer, this.#bytes, length);
    this.#bytes += inBytes(length);
    return values;
  }

  // c[rows × n] += a[rows × k] · b[k × n]; with `transposed`, `a` is stored as [k × rows].
  product(a, b, c, rows, k, n, transposed = false) {
    if (this.#product === null) plainProduct(a, b, c, rows, k, n, transposed);
    else this.#product(a.byteOffset, transposed ? 4 : 4 * k, transposed ? 4 * rows : 4, b.byteOffset, c.byteOffset, rows, k, n);
  }
}
