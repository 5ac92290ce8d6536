/**
 * Quantities as Kubernetes writes them: `500m` and `2` of CPU, `2Gi` and `512M` of memory.
 * Form: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

/** Powers of ten are kept as such, so that `500m` and `0.1` come out exact. */
const decimalExponents: { readonly [suffix: string]: number } = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryFactors: { readonly [suffix: string]: number } = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const form = /^(\d+(?:\.\d+)?|\.\d+)(?:[eE]([+-]?\d{1,2})|([KMGTPE]i|[numkMGTPE])?)$/;

/** @returns the amount in units of 10^`exponent`; undefined when the text is no quantity or not a whole number of them. */
function wholeQuantity(text: string, exponent: number): number | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const [, digits, power, suffix = ''] = match;
  const binary = binaryFactors[suffix];
  const decimals = power === undefined ? (decimalExponents[suffix] ?? 0) : Number(power);
  const amount =
    binary === undefined ? Number(`${digits}e${decimals - exponent}`) : Number(`${digits}e${-exponent}`) * binary;
  return Number.isSafeInteger(amount) ? amount : undefined;
}

/** @returns millicores; undefined when the text is no quantity or finer than one millicore, which Kubernetes refuses too. */
export function parseCpu(text: string): number | undefined {
  return wholeQuantity(text, -3);
}

/** @returns bytes; undefined when the text is no quantity or not a whole number of bytes. */
export function parseMemory(text: string): number | undefined {
  return wholeQuantity(text, 0);
}
