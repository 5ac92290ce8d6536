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

/** As `arrayIn`; undefined when there is none: nothing was saved yet. */
export function savedArray(parameters: Parameters, name: string): Float64Array | undefined {
  return parameters[name] === undefined ? undefined : arrayIn(parameters, name);
}

/** As `numberIn`; undefined when there is none. */
export function savedNumber(parameters: Parameters, name: string): number | undefined {
  return parameters[name] === undefined ? undefined : numberIn(parameters, name);
}

export function prefixed(prefix: string, parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [prefix + name, value]));
}

/** What was saved under a prefix, without it; empty when nothing was. */
export function underPrefix(prefix: string, parameters: Parameters): Parameters {
  const own = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}
