import { basename } from 'node:path';
import { forecasterNames } from '../../domain/forecast.ts';
import { levelsFor } from '../../pipeline/levels.ts';
import { parseLongForm } from '../forecast/long-form.ts';
import { refuse } from '../refuse.ts';
import { readTextFile } from '../text-file.ts';
import type { Material } from './material.ts';
import type { BacktestSettings, FileSource } from './settings.ts';

const FIT_TIMEOUT_MS = 600_000;
/** The share of violations that a workload aims at unless told otherwise. */
const VIOLATION_SHARE = 0.001;

/** @throws Error with every problem of the file, by line and column */
export async function readFileMaterial(source: FileSource, { levels, models }: BacktestSettings): Promise<Material> {
  const table = parseLongForm(await readTextFile(source.path));
  if (table.kind === 'bad') refuse(source.path, table.problems);
  return {
    source: basename(source.path),
    series: table.series,
    horizonSteps: source.horizonSteps,
    seasonLengths: source.seasonLengths,
    levels: levels ?? levelsFor(VIOLATION_SHARE),
    candidates: models ?? forecasterNames,
    fitTimeoutMs: FIT_TIMEOUT_MS,
  };
}
