/**
 * Discrete Fourier transform of any length (Cooley & Tukey 1965, mixed radix): O(n·Σ prime factors), so days of minutes
 * are cheap and a prime length costs n².
 */
export interface Spectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** X_k = Σ x_t·exp(−2πi·kt/n) */
export function transform({ real, imaginary }: Spectrum): Spectrum {
  const n = real.length;
  const out = { real: new Float64Array(n), imaginary: new Float64Array(n) };
  const roots = rootsOfUnity(n);
  const turned = { real: new Float64Array(n), imaginary: new Float64Array(n) };
  const recurse = (size: number, from: number, stride: number, to: number): void => {
    if (size === 1) {
      out.real[to] = real[from]!;
      out.imaginary[to] = imaginary[from]!;
      return;
    }
    const radix = leastFactor(size);
    const part = size / radix;
    for (let r = 0; r < radix; r++) recurse(part, from + r * stride, stride * radix, to + r * part);
    combine(out, roots, turned, { size, radix, to, turn: n / size });
  };
  if (n > 0) recurse(n, 0, 1, 0);
  return out;
}

/** x_t = (1/n)·Σ X_k·exp(2πi·kt/n), by transforming with the parts exchanged. */
export function invert({ real, imaginary }: Spectrum): Spectrum {
  const swapped = transform({ real: imaginary, imaginary: real });
  const n = real.length;
  return { real: swapped.imaginary.map((x) => x / n), imaginary: swapped.real.map((x) => x / n) };
}

/** The transform of real values; an even length as one complex transform of half of it. */
export function transformReal(values: Float64Array): Spectrum {
  const n = values.length;
  if (n % 2 === 1) return transform({ real: values, imaginary: new Float64Array(n) });
  const even = new Float64Array(n / 2).map((_, t) => values[2 * t]!);
  const odd = new Float64Array(n / 2).map((_, t) => values[2 * t + 1]!);
  return untangle(transform({ real: even, imaginary: odd }), n);
}

/** X_k = E_k + w^k·O_k, with E and O, the transforms of even and odd places, the two symmetric parts of Z = E + iO. */
function untangle({ real, imaginary }: Spectrum, n: number): Spectrum {
  const out = { real: new Float64Array(n), imaginary: new Float64Array(n) };
  const half = n / 2;
  for (let k = 0; k < n; k++) {
    const at = k % half;
    const mirrored = (half - at) % half;
    const c = Math.cos((2 * Math.PI * k) / n);
    const s = -Math.sin((2 * Math.PI * k) / n);
    const oddReal = (imaginary[at]! + imaginary[mirrored]!) / 2;
    const oddImaginary = (real[mirrored]! - real[at]!) / 2;
    out.real[k] = (real[at]! + real[mirrored]!) / 2 + c * oddReal - s * oddImaginary;
    out.imaginary[k] = (imaginary[at]! - imaginary[mirrored]!) / 2 + c * oddImaginary + s * oddReal;
  }
  return out;
}

interface Stage {
  readonly size: number;
  readonly radix: number;
  /** Where the transforms of the parts stand in `out`, one behind the other. */
  readonly to: number;
  /** Roots of unity of the whole transform in one of this size. */
  readonly turn: number;
}

/** X[k + q·part] = Σ_r W^{rq}·(w^{rk}·(part r)[k]), w the root of unity of this size and W that of the radix. */
function combine(out: Spectrum, roots: Spectrum, turned: Spectrum, { size, radix, to, turn }: Stage): void {
  const part = size / radix;
  const toRadix = roots.real.length / radix;
  for (let k = 0; k < part; k++) {
    for (let r = 0; r < radix; r++) turnOne(out, to + r * part + k, roots, r * k * turn, turned, r);
    for (let q = 0; q < radix; q++) {
      let re = turned.real[0]!;
      let im = turned.imaginary[0]!;
      for (let r = 1, power = q; r < radix; r++) {
        const c = roots.real[power * toRadix]!;
        const s = roots.imaginary[power * toRadix]!;
        re += c * turned.real[r]! - s * turned.imaginary[r]!;
        im += c * turned.imaginary[r]! + s * turned.real[r]!;
        power += q;
        if (power >= radix) power -= radix;
      }
      out.real[to + q * part + k] = re;
      out.imaginary[to + q * part + k] = im;
    }
  }
}

/** Writes one value, multiplied by a root of unity. */
function turnOne(from: Spectrum, at: number, roots: Spectrum, root: number, into: Spectrum, to: number): void {
  const re = from.real[at]!;
  const im = from.imaginary[at]!;
  const c = roots.real[root]!;
  const s = roots.imaginary[root]!;
  into.real[to] = c * re - s * im;
  into.imaginary[to] = c * im + s * re;
}

function rootsOfUnity(n: number): Spectrum {
  const angles = new Float64Array(n).map((_, k) => (2 * Math.PI * k) / n);
  return { real: angles.map(Math.cos), imaginary: angles.map((angle) => -Math.sin(angle)) };
}

function leastFactor(n: number): number {
  for (let p = 2; p * p <= n; p++) if (n % p === 0) return p;
  return n;
}
