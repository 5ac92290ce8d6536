/** The scale on which a load is additive: logarithms where every value is above zero, the values themselves elsewhere. */

export interface Scale {
  readonly to: (values: Float64Array) => Float64Array;
  readonly from: (value: number) => number;
}

const logarithmic: Scale = { to: (values) => values.map(Math.log), from: Math.exp };
const plain: Scale = { to: (values) => values.slice(), from: (value) => value };

export function isPositive(values: Float64Array): boolean {
  return values.every((y) => y > 0);
}

export function naturalScale(values: Float64Array): Scale {
  return isPositive(values) ? logarithmic : plain;
}

/** What a member that needs logarithms sees of a series; nothing where there are none. */
export function logsOnly(values: Float64Array): Float64Array {
  return isPositive(values) ? values.map(Math.log) : values.subarray(0, 0);
}
