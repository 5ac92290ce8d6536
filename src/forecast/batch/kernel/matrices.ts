/**
 * Products of single-precision matrices. With or without WebAssembly every element is the same sum in the same order,
 * rounded to single precision after each multiplication and each addition, so both give the same bytes.
 */
import { assembleStrip, TILE_COLUMNS, TILE_ROWS } from './assemble.ts';

/** Row-major; `stride` ≥ columns and the rows beyond `rows` up to a whole tile are there, and zero, to be computed with. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly data: Float32Array;
}

/** How a matrix enters a product. */
export interface Factor {
  readonly matrix: Matrix;
  readonly transposed?: boolean;
  /** Rows of the matrix that take part, from the first; all by default. */
  readonly rows?: number;
}

export interface Matrices {
  /** Zeros. Lives as long as the whole. */
  make(rows: number, columns: number): Matrix;
  /** `target += left · right`, both as given by their factors. */
  multiplyAdd(target: Matrix, left: Factor, right: Factor): void;
  readonly vectorised: boolean;
}

/** Node's global, of which the type library in use has no description. */
interface WasmApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (code: object, imports: object) => { readonly exports: { readonly strip: Strip } };
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
}
type Strip = (a: number, b: number, c: number, tiles: number, depth: number, rowBytes: number) => void;

const PAGE_BYTES = 65_536;
/** Depth of a packed block: 4 rows and 8 columns of it fit the first-level cache together. */
const DEPTH = 512;

const upTo = (size: number, unit: number) => Math.ceil(size / unit) * unit;

/**
 * @param bytes - what all matrices together may take; more throws RangeError
 * @param plain - do without WebAssembly
 */
export function createMatrices(bytes: number, plain = false): Matrices {
  const scratchBytes = 4 * DEPTH * (MOST_ROWS + TILE_COLUMNS);
  const { buffer, strip, vectorised } = open(upTo(bytes + scratchBytes, PAGE_BYTES), plain);
  let used = 0;
  const take = (length: number) => {
    const part = new Float32Array(buffer, used, length);
    used += upTo(4 * length, 16);
    return part;
  };
  const packedLeft = take(DEPTH * MOST_ROWS);
  const packedRight = take(DEPTH * TILE_COLUMNS);

  function addBlock(target: Matrix, left: View, right: View, from: number, depth: number): void {
    for (let top = 0; top < left.rows; top += MOST_ROWS) {
      const rows = Math.min(MOST_ROWS, left.rows - top);
      packRows(packedLeft, left, top, rows, from, depth);
      for (let j = 0; j < target.stride; j += TILE_COLUMNS) {
        packColumns(packedRight, right, j, from, depth);
        const place = target.data.byteOffset + 4 * (top * target.stride + j);
        strip(
          packedLeft.byteOffset,
          packedRight.byteOffset,
          place,
          Math.ceil(rows / TILE_ROWS),
          depth,
          4 * target.stride,
        );
      }
    }
  }

  return {
    vectorised,
    make: (rows, columns) => {
      const stride = upTo(columns, TILE_COLUMNS);
      return { rows, columns, stride, data: take(upTo(rows, TILE_ROWS) * stride) };
    },
    multiplyAdd(target, leftFactor, rightFactor) {
      const left = viewOf(leftFactor);
      const right = viewOf(rightFactor);
      if (left.columns !== right.rows || left.rows > target.rows || right.columns !== target.columns) {
        throw new RangeError(
          `product of ${left.rows}×${left.columns} and ${right.rows}×${right.columns} into ${target.rows}×${target.columns}`,
        );
      }
      for (let from = 0; from < left.columns; from += DEPTH) {
        addBlock(target, left, right, from, Math.min(DEPTH, left.columns - from));
      }
    },
  };
}

/** Rows that are packed at a time. */
const MOST_ROWS = 512;

/** A matrix as it is read: element (i, j) at `i·rowStep + j·columnStep`. */
interface View {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

function viewOf({ matrix, transposed = false, rows = matrix.rows }: Factor): View {
  const { data, columns, stride } = matrix;
  return transposed
    ? { data, rows: columns, columns: rows, rowStep: 1, columnStep: stride }
    : { data, rows, columns, rowStep: stride, columnStep: 1 };
}

function packRows(out: Float32Array, view: View, top: number, rows: number, from: number, depth: number): void {
  const { data, rowStep, columnStep } = view;
  let at = 0;
  for (let tile = 0; tile < rows; tile += TILE_ROWS) {
    const there = Math.min(TILE_ROWS, rows - tile);
    const base = (top + tile) * rowStep + from * columnStep;
    for (let k = 0; k < depth; k++) {
      const place = base + k * columnStep;
      for (let i = 0; i < there; i++) out[at + i] = data[place + i * rowStep]!;
      for (let i = there; i < TILE_ROWS; i++) out[at + i] = 0;
      at += TILE_ROWS;
    }
  }
}

function packColumns(out: Float32Array, view: View, left: number, from: number, depth: number): void {
  const { data, rowStep, columnStep } = view;
  const there = Math.min(TILE_COLUMNS, view.columns - left);
  for (let k = 0; k < depth; k++) {
    const place = (from + k) * rowStep + left * columnStep;
    const at = k * TILE_COLUMNS;
    for (let j = 0; j < there; j++) out[at + j] = data[place + j * columnStep]!;
    for (let j = there; j < TILE_COLUMNS; j++) out[at + j] = 0;
  }
}

/** Memory and inner loop; the loop in JavaScript where there is no WebAssembly with SIMD. */
function open(bytes: number, plain: boolean): { buffer: ArrayBuffer; strip: Strip; vectorised: boolean } {
  const wasm = (globalThis as unknown as { readonly WebAssembly?: WasmApi }).WebAssembly;
  if (!plain && wasm) {
    try {
      const memory = new wasm.Memory({ initial: bytes / PAGE_BYTES });
      const { strip } = new wasm.Instance(new wasm.Module(assembleStrip()), { env: { memory } }).exports;
      return { buffer: memory.buffer, strip, vectorised: true };
    } catch {
      // A processor or a build of Node without SIMD: the loop below is slower and gives the same numbers.
    }
  }
  const buffer = new ArrayBuffer(bytes);
  return { buffer, strip: plainStrip(new Float32Array(buffer)), vectorised: false };
}

function plainStrip(all: Float32Array): Strip {
  return (a, b, c, tiles, depth, rowBytes) => {
    for (let row = 0; row < tiles * TILE_ROWS; row++) {
      const left = a / 4 + (row - (row % TILE_ROWS)) * depth + (row % TILE_ROWS);
      for (let j = 0; j < TILE_COLUMNS; j++) {
        const place = (c + row * rowBytes) / 4 + j;
        let sum = all[place]!;
        for (let k = 0; k < depth; k++) {
          sum = Math.fround(sum + Math.fround(all[left + k * TILE_ROWS]! * all[b / 4 + k * TILE_COLUMNS + j]!));
        }
        all[place] = sum;
      }
    }
  };
}
