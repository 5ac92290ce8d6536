/** Of the values that are not missing; NaN where all are. */
export function knownMean(values: Float64Array | Float32Array): number {
  let [sum, n] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    sum += values[i]!;
    n += 1;
  }
  return n > 0 ? sum / n : Number.NaN;
}
