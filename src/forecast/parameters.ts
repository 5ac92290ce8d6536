import type { FittedModel } from '../domain/forecast.ts';

/** Typed reading of a fitted model's plain parameters. A missing or mistyped one is damage that the store should have caught: it throws. */
export type Parameters = FittedModel['parameters'];

export function numberIn(parameters: Parameters, name: string): number {
  const value = parameters[name];
  if (typeof value !== 'number') throw new TypeError(`model parameter ${name}: expected a number, got ${typeof value}`);
  return value;
}

export function textIn(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (typeof value !== 'string') throw new TypeError(`model parameter ${name}: expected text, got ${typeof value}`);
  return value;
}

/** A fresh copy, so that a running forecaster never writes into the fitted model. */
export function arrayIn(parameters: Parameters, name: string): Float64Array {
  return Float64Array.from(listIn(parameters, name));
}

/** Single precision, as the network's weights are trained and stored. */
export function singlesIn(parameters: Parameters, name: string): Float32Array {
  return Float32Array.from(listIn(parameters, name));
}

function listIn(parameters: Parameters, name: string): ArrayLike<number> {
  const value = parameters[name];
  if (value === undefined || typeof value === 'number' || typeof value === 'string') {
    throw new TypeError(`model parameter ${name}: expected numbers, got ${typeof value}`);
  }
  return value;
}
