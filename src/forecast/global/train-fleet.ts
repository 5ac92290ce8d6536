/** What happens in the night: both global networks are trained across all workloads. */
import type { QuantileEngine } from '../../domain/engines.ts';
import type { FleetSeries } from './cut-windows.ts';
import { lstmForm } from './global-lstm.ts';
import { mixerForm } from './global-mixer.ts';
import { collectLessons } from './lessons.ts';
import type { GlobalNetworks } from './networks.ts';
import { trainGlobalLstm, trainGlobalMixer } from './train-global.ts';

export interface FleetTraining {
  readonly seed: number;
  /** How many series will come; few give more windows each than many. */
  readonly size: number;
  /** Windows of each series and scale, instead of those that follow from the size. */
  readonly windowsEach?: { readonly lstm: number; readonly mixer: number };
  /** Most gradient steps of each network; 400 by default. */
  readonly iterations?: number;
  /** Continue from here. What comes out is then never worse on the newest part of the fleet. */
  readonly initial?: GlobalNetworks;
}

export interface TrainedFleet {
  readonly networks: GlobalNetworks;
  /** Mean pinball loss in units of scale, on windows newer than those learned from. */
  readonly heldOutLoss: { readonly lstm: number; readonly mixer: number };
  /** Windows learned from and held out, gradient steps made: for the log. */
  readonly message: string;
}

/** Most gradient steps of a night. */
export const ITERATIONS = 400;
/** Windows of one scale over the whole fleet, and the fewest and most of one series. A thousand series take 0.3 GB. */
const WINDOWS = {
  lstm: { all: 5000, fewest: 3, most: 60 },
  mixer: { all: 24_000, fewest: 12, most: 200 },
} as const;

/** Windows that each of `size` series gives. */
export function windowsOf(network: keyof typeof WINDOWS, size: number): number {
  const { all, fewest, most } = WINDOWS[network];
  return Math.min(most, Math.max(fewest, Math.round(all / Math.max(1, size))));
}

/**
 * @param fleet - one series at a time; only its windows are kept
 *
 * Rejects when no series is long enough, when training does not stay finite or when the backend fails; what served
 * before then goes on.
 */
export async function trainFleet(
  fleet: AsyncIterable<FleetSeries> | Iterable<FleetSeries>,
  engine: QuantileEngine,
  training: FleetTraining,
): Promise<TrainedFleet> {
  const { seed, size, iterations = ITERATIONS, initial } = training;
  const windows = training.windowsEach ?? { lstm: windowsOf('lstm', size), mixer: windowsOf('mixer', size) };
  const forLstm = collectLessons(lstmForm, windows.lstm, seed);
  const forMixer = collectLessons(mixerForm, windows.mixer, seed);
  for await (const series of fleet) {
    forLstm.add(series);
    forMixer.add(series);
  }
  const of = <Weights>(weights: Weights | undefined) => ({ seed, iterations, ...(weights && { initial: weights }) });
  const lstm = await trainGlobalLstm(forLstm, engine, of(initial?.lstm));
  const mixer = await trainGlobalMixer(forMixer, engine, of(initial?.mixer));
  return {
    networks: { lstm: lstm.weights, mixer: mixer.weights },
    heldOutLoss: { lstm: lstm.heldOutLoss, mixer: mixer.heldOutLoss },
    message:
      `LSTM: ${forLstm.sizes.learned} windows, loss ${lstm.heldOutLoss.toFixed(4)} after ${lstm.iterations} steps; ` +
      `mixer: ${forMixer.sizes.learned} windows, loss ${mixer.heldOutLoss.toFixed(4)} after ${mixer.iterations} steps`,
  };
}
