/**
 * Training for a daemon: the fleet is learned in a thread of its own, behind all others, because it takes minutes for which a
 * young workload, or one that has changed, would wait for its fit.
 */
import type { FleetTrainer } from '../../domain/fleet.ts';
import type { Trainer } from '../../domain/forecast.ts';
import { chosenOnce, createTrainer, type TrainerOptions } from './trainer.ts';

/** One thread more than `options.workers` at most, and only while the fleet is learned. */
export function createTrainerWithFleetApart(
  options: TrainerOptions,
): Trainer & FleetTrainer & { close(): Promise<void> } {
  const shared = { ...options, choose: chosenOnce(options) };
  const series = createTrainer(shared);
  const fleet = createTrainer({ ...shared, workers: 1, isBehindOthers: true });
  return {
    fit: series.fit,
    fitFleet: fleet.fitFleet,
    async close() {
      await Promise.all([series.close(), fleet.close()]);
    },
  };
}
