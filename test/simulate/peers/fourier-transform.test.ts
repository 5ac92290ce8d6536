import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { invert, transform, transformReal } from '../../../src/simulate/peers/fourier-transform.ts';

const golden = JSON.parse(readFileSync(new URL('golden/dsp.json', import.meta.url), 'utf8'));

function assertClose(actual: Float64Array, expected: ArrayLike<number>, within: number): void {
  assert.equal(actual.length, expected.length);
  for (const [i, x] of actual.entries()) assert.ok(Math.abs(x - expected[i]!) < within, `${i}: ${x} ${expected[i]}`);
}

describe('Fourier transform', () => {
  it('turns a unit impulse into ones', () => {
    const { real, imaginary } = transformReal(Float64Array.of(1, 0, 0, 0, 0, 0));
    assertClose(real, [1, 1, 1, 1, 1, 1], 1e-12);
    assertClose(imaginary, [0, 0, 0, 0, 0, 0], 1e-12);
  });

  it('agrees with Fourier sums over 72 samples to 1e-9', () => {
    const { real, imaginary } = transformReal(Float64Array.from(golden.signal));
    assertClose(real, golden.real, 1e-9);
    assertClose(imaginary, golden.imaginary, 1e-9);
  });

  it('agrees with Fourier sums at every length from 1 to 40, primes too, and is undone by its inverse', () => {
    const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 80 });
    fc.assert(
      fc.property(values, (numbers) => {
        const n = Math.floor(numbers.length / 2);
        const real = Float64Array.from(numbers.slice(0, n));
        const imaginary = Float64Array.from(numbers.slice(n, 2 * n));
        const spectrum = transform({ real, imaginary });
        for (let k = 0; k < n; k++) {
          let [re, im] = [0, 0];
          for (let t = 0; t < n; t++) {
            const angle = (-2 * Math.PI * k * t) / n;
            re += real[t]! * Math.cos(angle) - imaginary[t]! * Math.sin(angle);
            im += real[t]! * Math.sin(angle) + imaginary[t]! * Math.cos(angle);
          }
          assert.ok(Math.hypot(spectrum.real[k]! - re, spectrum.imaginary[k]! - im) < 1e-9);
        }
        const back = invert(spectrum);
        assertClose(back.real, real, 1e-9);
        assertClose(back.imaginary, imaginary, 1e-9);
      }),
    );
  });

  it('gives real values the same spectrum by the half-length way, at even and odd lengths', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 60 }), (numbers) => {
        const values = Float64Array.from(numbers);
        const whole = transform({ real: values, imaginary: new Float64Array(values.length) });
        const half = transformReal(values);
        assertClose(half.real, whole.real, 1e-9);
        assertClose(half.imaginary, whole.imaginary, 1e-9);
      }),
    );
  });

  it('has nothing to say about nothing', () => {
    assert.equal(transformReal(new Float64Array()).real.length, 0);
  });
});
