/** Quantities of the API ("250m", "1.5", "512Mi", "1e3") as numbers. */
const factors: { readonly [suffix: string]: number } = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Grammar: k8s.io/apimachinery/pkg/api/resource/quantity.go. @returns undefined for what is not a quantity, never NaN. */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text.trim());
  if (!match) return undefined;
  const value = match[2] ? Number(match[1] + match[2]) : Number(match[1]) * (factors[match[3] ?? ''] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

/** Whole millicores, rounded up as the API server does with finer amounts. */
export function parseMillicores(text: string | undefined): number | undefined {
  const cores = text === undefined ? undefined : parseQuantity(text);
  return cores === undefined ? undefined : Math.ceil(Number((cores * 1000).toFixed(6)));
}

export function parseBytes(text: string | undefined): number | undefined {
  const bytes = text === undefined ? undefined : parseQuantity(text);
  return bytes === undefined ? undefined : Math.ceil(bytes);
}
