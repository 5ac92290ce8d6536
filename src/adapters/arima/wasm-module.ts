/**
 * A private instance of the arima package's WebAssembly code.
 *
 * `import 'arima'` shares one instance per thread and prints to stdout; after any trap its stack pointer stays wrong and
 * every later call fails. So each engine makes its own instance from the package's inner files (1-3 ms) and throws it
 * away after an exception. The offsets into the C struct belong to arima 0.2.8; a test holds them to the printed text.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What the package's constructor gives; `model` is the address of a pointer to the fitted C struct. */
interface ArimaModel {
  readonly model: number;
  train(values: readonly number[]): ArimaModel;
  predict(steps: number): [number[], number[]];
  destroy(): void;
}

interface ArimaOptions {
  readonly p: number;
  readonly d: number;
  readonly q: number;
  readonly P: number;
  readonly D: number;
  readonly Q: number;
  readonly s: number;
  readonly method: number;
  readonly optimizer: number;
  readonly verbose: boolean;
}

interface Glue {
  readonly HEAPF64: Float64Array;
}

/** Node's global, of which the type library in use has no description. */
interface WasmApi {
  readonly Module: new (code: Uint8Array) => CompiledCode;
  readonly Instance: new (code: CompiledCode, imports: object) => { readonly exports: object };
}
type CompiledCode = object;

const wasm = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

type LoadGlue = (options: {
  print(text: string): void;
  printErr(text: string): void;
  instantiateWasm(imports: object, done?: (instance: object, code: CompiledCode) => void): object;
}) => Glue;

/** What the struct says about a fit, at full precision. */
export interface FittedStruct {
  readonly phi: Float64Array;
  readonly theta: Float64Array;
  readonly seasonalPhi: Float64Array;
  readonly seasonalTheta: Float64Array;
  readonly mean: number;
  readonly variance: number;
  readonly aic: number;
  /** 1 is convergence; 15 was seen on every explosion. */
  readonly returnCode: number;
  readonly residuals: Float64Array;
}

export interface ArimaModule {
  create(options: ArimaOptions): ArimaModel;
  read(fitted: ArimaModel, options: ArimaOptions, length: number): FittedStruct;
  /** Text the C code printed since the last call. */
  takeText(): string;
}

const OFFSETS = {
  phi: 56,
  theta: 60,
  seasonalPhi: 64,
  seasonalTheta: 68,
  residuals: 84,
  mean: 88,
  variance: 96,
  aic: 112,
  returnCode: 120,
} as const;

let compiled: CompiledCode | undefined;

export function instantiateArima(): ArimaModule {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('arima'));
  compiled ??= new wasm.Module(require(join(folder, 'wrapper/native.bin.js')) as Uint8Array);
  const code = compiled;
  let text = '';
  const print = (line: string) => {
    text += `${line}\n`;
  };
  const glue = (require(join(folder, 'wasm/native-sync.js')) as LoadGlue)({
    print,
    printErr: print,
    instantiateWasm(imports, done) {
      const instance = new wasm.Instance(code, imports);
      done?.(instance, code);
      return instance.exports;
    },
  });
  const Arima = (require(join(folder, 'load.js')) as (glue: Glue) => new (options: ArimaOptions) => ArimaModel)(glue);
  return {
    create: (options) => new Arima(options),
    read: (fitted, options, length) => readStruct(glue.HEAPF64.buffer, fitted.model, options, length),
    takeText() {
      const taken = text;
      text = '';
      return taken;
    },
  };
}

/** @param handle - address of the pointer to the struct */
function readStruct(memory: ArrayBufferLike, handle: number, options: ArimaOptions, length: number): FittedStruct {
  const view = new DataView(memory);
  const address = view.getInt32(handle, true);
  const list = (offset: number, n: number) =>
    n === 0 ? new Float64Array() : new Float64Array(memory.slice(...span(view.getInt32(address + offset, true), n)));
  return {
    phi: list(OFFSETS.phi, options.p),
    theta: list(OFFSETS.theta, options.q),
    seasonalPhi: list(OFFSETS.seasonalPhi, options.P),
    seasonalTheta: list(OFFSETS.seasonalTheta, options.Q),
    residuals: list(OFFSETS.residuals, length),
    mean: view.getFloat64(address + OFFSETS.mean, true),
    variance: view.getFloat64(address + OFFSETS.variance, true),
    aic: view.getFloat64(address + OFFSETS.aic, true),
    returnCode: view.getInt32(address + OFFSETS.returnCode, true),
  };
}

function span(start: number, n: number): [number, number] {
  return [start, start + n * Float64Array.BYTES_PER_ELEMENT];
}
