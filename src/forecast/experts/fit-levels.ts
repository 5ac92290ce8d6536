const ROUNDS = 10;
/** A row counts when this share of it was seen; a load that is closed at night and on weekends leaves a third. */
const LEAST_SEEN = 0.25;

/**
 * Levels of an additive rank-one table: `z_di ≈ l_d + s_i` over what is present, by alternating weighted means,
 *
 *     s_i = Σ_d a_d·(z_di − l_d) / Σ_d a_d;   l_d = mean_i (z_di − s_i)
 *
 * which is least squares with weight `a_d = decay^d` and, with nothing missing, done after one round.
 *
 * @param rows - newest first, equally long; NaN is missing
 * @returns one level per row, those of a shape with mean 0; NaN for a row of which less than a quarter is present
 */
export function fitLevels(rows: readonly Float64Array[], decay: number): Float64Array {
  const slots = rows[0]?.length ?? 0;
  const shape = new Float64Array(slots);
  const levels = Float64Array.from(rows, (row) => meanResidual(row, shape));
  for (let round = 0; round < ROUNDS; round++) {
    fitShape(rows, levels, decay, shape);
    for (let d = 0; d < rows.length; d++) if (!Number.isNaN(levels[d]!)) levels[d] = meanResidual(rows[d]!, shape);
  }
  return levels;
}

/** NaN when too little is present. */
function meanResidual(row: Float64Array, shape: Float64Array): number {
  let [sum, n] = [0, 0];
  for (let i = 0; i < row.length; i++) {
    if (Number.isNaN(row[i]!)) continue;
    sum += row[i]! - shape[i]!;
    n += 1;
  }
  return n >= LEAST_SEEN * row.length ? sum / n : Number.NaN;
}

function fitShape(rows: readonly Float64Array[], levels: Float64Array, decay: number, shape: Float64Array): void {
  let mean = 0;
  for (let i = 0; i < shape.length; i++) {
    let [sum, weights, weight] = [0, 0, 1];
    for (let d = 0; d < rows.length; d++, weight *= decay) {
      const deviation = rows[d]![i]! - levels[d]!;
      if (Number.isNaN(deviation)) continue;
      sum += weight * deviation;
      weights += weight;
    }
    shape[i] = weights > 0 ? sum / weights : 0;
    mean += shape[i]! / shape.length;
  }
  for (let i = 0; i < shape.length; i++) shape[i]! -= mean;
}
