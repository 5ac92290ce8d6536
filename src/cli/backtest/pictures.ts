/** The pictures of a report. Colours of models are the same in all of them. */
import { forecasterNames } from '../../domain/forecast.ts';
import { centralShares } from '../../evaluate/levels.ts';
import { rampKinds } from '../../evaluate/ramps.ts';
import { ACTING } from '../../evaluate/score-series.ts';
import { barChart } from '../html/bar-chart.ts';
import { type Band, lineChart } from '../html/line-chart.ts';
import { scatterChart } from '../html/scatter-chart.ts';
import type { CoverageReport, ModelReport } from './report.ts';
import { fanLevels, type SeriesResult } from './run-series.ts';
import { nameOf } from './words.ts';

const ACTING_COLOUR = 1;

function colourOf(model: ModelReport['model']): number {
  return model === ACTING ? ACTING_COLOUR : 2 + forecasterNames.indexOf(model);
}

/** Bars of one score, one per model; error bars where there is an interval. */
export function scoreBars(
  title: string,
  models: readonly ModelReport[],
  of: (model: ModelReport) => number,
  interval?: (model: ModelReport) => { readonly low: number; readonly high: number } | undefined,
): string {
  const ends = (end: 'low' | 'high') => models.map((model) => interval?.(model)?.[end] ?? Number.NaN);
  return barChart({
    title,
    width: 'half',
    height: 230,
    categories: models.map(({ model }) => nameOf(model)),
    y: { label: '' },
    series: [{ name: title, color: ACTING_COLOUR, values: models.map(of), low: ends('low'), high: ends('high') }],
  });
}

/** What acted against what happened. */
export function fanPicture({ id, fans, style }: SeriesResult, unit: string): string {
  // Counters are small; unix seconds have been beyond this since 1973.
  const isTime = style.kind === 'iso' || (fans.atMs[0] ?? 0) > 1e11;
  const at = (times: readonly number[]) => (isTime ? times : times.map((ms) => ms / 1000));
  const row = (level: (typeof fanLevels)[number]) => fans.rows[fanLevels.indexOf(level)]!;
  const band = (share: number, low: readonly number[], high: readonly number[]): Band => ({
    name: `${100 * share} % interval`,
    color: ACTING_COLOUR,
    x: at(fans.atMs),
    low,
    high,
  });
  return lineChart({
    title: id,
    height: 340,
    x: isTime ? { label: 'time, UTC', kind: 'time' } : { label: 'ds' },
    y: { label: unit, from: 0, most: 2 * Math.max(...fans.truth.values.filter(Number.isFinite)) },
    bands: [band(0.99, row(0.005), row(0.995)), band(0.9, row(0.05), row(0.95)), band(0.5, row(0.25), row(0.75))],
    lines: [
      { name: 'median forecast', color: ACTING_COLOUR, x: at(fans.atMs), y: row(0.5), dashed: true },
      { name: 'truth', color: 0, x: at(fans.truth.atMs), y: fans.truth.values },
    ],
    zoom: true,
  });
}

const shareKeys = ['0.5', '0.9', '0.99'] as const;

/**
 * Observed coverage by part of the season; the bands are where chance alone would leave it (two deviations).
 *
 * @param zone - on whose clock the parts are hours of the day; absent where they are none
 */
export function coverageByPart({ coverage_by_part }: ModelReport, zone: string | undefined): string {
  const x = coverage_by_part.map((_, part) => part);
  const percent = (report: CoverageReport, key: (typeof shareKeys)[number]) => 100 * (report.shares[key] ?? Number.NaN);
  const chance = (share: number, { count }: CoverageReport) =>
    count > 0 ? 200 * Math.sqrt((share * (1 - share)) / count) : Number.NaN;
  return lineChart({
    title: `Coverage by ${zone === undefined ? 'part of the season' : `hour of day (${zone})`}`,
    height: 300,
    x: { label: zone === undefined ? 'part' : 'hour', from: 0 },
    y: { label: 'percent inside', from: 0, to: 100 },
    bands: centralShares.map((share, k) => ({
      name: `${100 * share} % ± chance`,
      color: 1 + k,
      x,
      low: coverage_by_part.map((report) => Math.max(0, 100 * share - chance(share, report))),
      high: coverage_by_part.map((report) => Math.min(100, 100 * share + chance(share, report))),
    })),
    lines: centralShares.map((share, k) => ({
      name: `inside the ${100 * share} % interval`,
      color: 1 + k,
      x,
      y: coverage_by_part.map((report) => percent(report, shareKeys[k]!)),
    })),
  });
}

export function coverageOnRamps({ coverage_on_ramps: on }: ModelReport): string {
  const kinds = rampKinds.filter((kind) => on[kind]);
  if (kinds.length === 0) return '';
  return barChart({
    title: 'Coverage on ramps',
    width: 'half',
    height: 260,
    categories: kinds.map((kind) => `${kind === 'flat' ? 'off ramps' : kind} (${on[kind]!.count})`),
    y: { label: 'percent inside', to: 100 },
    series: shareKeys.map((key, k) => ({
      name: `${100 * Number(key)} % interval`,
      color: 1 + k,
      values: kinds.map((kind) => 100 * (on[kind]!.shares[key] ?? Number.NaN)),
    })),
    references: shareKeys.map((key) => ({ name: `${100 * Number(key)} %`, value: 100 * Number(key) })),
  });
}

export function pitPicture({ pit }: ModelReport): string {
  return barChart({
    title: 'Outcomes by where they fell in the forecast (PIT)',
    width: 'half',
    height: 260,
    categories: pit.map((_, bin) => `${(100 * bin) / pit.length}`),
    x: { label: 'percentile of the forecast, from' },
    y: { label: 'percent of outcomes' },
    series: [{ name: 'outcomes', color: ACTING_COLOUR, values: pit.map((mass) => 100 * mass) }],
    references: [{ name: 'calibrated', value: 100 / pit.length }],
  });
}

export function reliabilityPicture(models: readonly ModelReport[]): string {
  return scatterChart({
    title: 'Reliability: how often the load stayed below each quantile',
    width: 'half',
    height: 300,
    x: { label: 'quantile level, percent', from: 0, to: 100 },
    y: { label: 'percent below', from: 0, to: 100 },
    series: models.map(({ model, reliability }) => ({
      name: nameOf(model),
      color: colourOf(model),
      x: reliability.map(({ level }) => 100 * level),
      y: reliability.map(({ share }) => 100 * share),
      joined: true,
    })),
    references: [{ name: 'calibrated', from: [0, 0], to: [100, 100] }],
  });
}
