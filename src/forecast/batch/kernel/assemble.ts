/**
 * The inner loop of a matrix product as WebAssembly, four numbers at a time: V8 does not vectorise loops of its own, and
 * one network of the batch forecast is a million million multiplications.
 *
 * Only plain SIMD: multiply, round, add, round. The fused and "relaxed" instructions would be faster and would round
 * differently from one machine to the next.
 */

/** Rows and columns of the tile of results that stays in registers: 8 of the 16 that there are. */
export const TILE_ROWS = 4;
export const TILE_COLUMNS = 8;

const I32 = 0x7f;
const V128 = 0x7b;
const VOID_BLOCK = 0x40;
const SIMD = 0xfd;

const op = {
  end: [0x0b],
  loop: [0x03, VOID_BLOCK],
  again: [0x0d, 0],
  subtract: [0x6b],
  add: [0x6a],
  multiplyLanes: [SIMD, 0xe6, 0x01],
  addLanes: [SIMD, 0xe4, 0x01],
} as const;

function leb(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const done = (value === 0 && !(low & 0x40)) || (value === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

/** Lengths are unsigned: a set sixth bit is not a sign. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

const get = (local: number) => [0x20, ...unsigned(local)];
const set = (local: number) => [0x21, ...unsigned(local)];
const constant = (value: number) => [0x41, ...leb(value)];
const load = (offset: number) => [SIMD, 0x00, 2, ...unsigned(offset)];
const loadSplat = (offset: number) => [SIMD, 0x09, 2, ...unsigned(offset)];
const store = (offset: number) => [SIMD, 0x0b, 2, ...unsigned(offset)];
const advance = (local: number, by: readonly number[]) => [...get(local), ...by, ...op.add, ...set(local)];
const countDown = (local: number) => [...get(local), ...constant(1), ...op.subtract, 0x22, ...unsigned(local)];

/** Parameters, then locals, of the one function. */
const local = {
  a: 0,
  b: 1,
  c: 2,
  tiles: 3,
  depth: 4,
  rowBytes: 5,
  left: 6,
  right: 7,
  place: 8,
  low: 9,
  high: 10,
  x: 11,
};
const FIRST_SUM = 12;
const SUMS = TILE_ROWS * 2;

/** Does `step(row, half)` for each of the registers that hold the tile, going down the rows of C. */
function eachSum(step: (sum: number, half: number) => readonly number[]): number[] {
  const bytes = [...get(local.c), ...set(local.place)];
  for (let row = 0; row < TILE_ROWS; row++) {
    for (let half = 0; half < 2; half++) bytes.push(...step(FIRST_SUM + 2 * row + half, half));
    bytes.push(...advance(local.place, get(local.rowBytes)));
  }
  return bytes;
}

function accumulate(): number[] {
  const bytes = [
    ...get(local.right),
    ...load(0),
    ...set(local.low),
    ...get(local.right),
    ...load(16),
    ...set(local.high),
  ];
  for (let row = 0; row < TILE_ROWS; row++) {
    bytes.push(...get(local.a), ...loadSplat(4 * row), ...set(local.x));
    for (const [half, column] of [local.low, local.high].entries()) {
      const sum = FIRST_SUM + 2 * row + half;
      bytes.push(...get(sum), ...get(local.x), ...get(column), ...op.multiplyLanes, ...op.addLanes, ...set(sum));
    }
  }
  return bytes;
}

/** One strip of TILE_COLUMNS columns, all rows: for each tile, C is loaded, the products are added in order, C is stored. */
function body(): number[] {
  const locals = [2, ...unsigned(3), I32, ...unsigned(3 + SUMS), V128];
  return [
    ...locals,
    ...op.loop,
    ...eachSum((sum, half) => [...get(local.place), ...load(16 * half), ...set(sum)]),
    ...get(local.b),
    ...set(local.right),
    ...get(local.depth),
    ...set(local.left),
    ...op.loop,
    ...accumulate(),
    ...advance(local.a, constant(4 * TILE_ROWS)),
    ...advance(local.right, constant(4 * TILE_COLUMNS)),
    ...countDown(local.left),
    ...op.again,
    ...op.end,
    ...eachSum((sum, half) => [...get(local.place), ...get(sum), ...store(16 * half)]),
    ...get(local.place),
    ...set(local.c),
    ...countDown(local.tiles),
    ...op.again,
    ...op.end,
    ...op.end,
  ];
}

const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];
const name = (text: string) => [text.length, ...Array.from(text, (c) => c.charCodeAt(0))];

/**
 * A module that imports `env.memory` and exports `strip(a, b, c, tiles, depth, rowBytes)`, all byte addresses or counts ≥ 1:
 * `a` holds `tiles` blocks of depth × TILE_ROWS, `b` one block of depth × TILE_COLUMNS, and `c` is the first of
 * `tiles · TILE_ROWS` rows, `rowBytes` apart, to which the product is added.
 */
export function assembleStrip(): Uint8Array<ArrayBuffer> {
  const code = body();
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 6, I32, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...name('env'), ...name('memory'), 0x02, 0x00, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('strip'), 0x00, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}
