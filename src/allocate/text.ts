import { type Resource, resources } from './menu.ts';

const units: { readonly [resource in Resource]: (amount: number) => string } = {
  cpuMillicores: (amount) => `${amount}m CPU`,
  memoryBytes: (amount) => `${Math.round(amount / 1024 ** 2)} MiB`,
  replicas: (amount) => `${amount} replicas`,
};

/** `8000m CPU, 16384 MiB`: the amounts that are there, for reasons. */
export function amountText(amounts: { readonly [resource in Resource]?: number }): string {
  return resources
    .flatMap((resource) => (amounts[resource] === undefined ? [] : [units[resource](amounts[resource])]))
    .join(', ');
}
