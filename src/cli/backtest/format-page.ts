/** The report as one self-contained HTML page. */
import { ACTING } from '../../evaluate/score-series.ts';
import { factList } from '../html/facts.ts';
import { page, type Section } from '../html/page.ts';
import { htmlTable } from '../html/table.ts';
import { coverageByPart, coverageOnRamps, fanPicture, pitPicture, reliabilityPicture, scoreBars } from './pictures.ts';
import type { BacktestReport, ModelReport } from './report.ts';
import type { SeriesResult } from './run-series.ts';
import { conclusion, isCounter, nameOf, scoreCells, seconds, signedGain, subject } from './words.ts';

export function formatPage(report: BacktestReport, results: readonly SeriesResult[]): string {
  const acting = report.models.find(({ model }) => model === ACTING);
  const sections: readonly (Section | undefined)[] = [
    scoresSection(report),
    fansSection(results),
    acting && calibrationSection(report, acting),
    settingsSection(report),
  ];
  return page(
    `Back-test of ${report.source}`,
    `${conclusion(report)} ${subject(report)}`,
    sections.filter((section) => section !== undefined),
  );
}

const head = ['model', 'MASE', 'sMAPE', 'RMSSE', 'WQL', 'CRPS', 'MSIS', 'bias', 'in 50 / 90 / 99 %', 'time per fit'];

function scoresSection({ models, levels }: BacktestReport): Section {
  const rows = models.map((one) => [nameOf(one.model), ...scoreCells(one), seconds(one.fits.mean_seconds)]);
  const verdicts = models.map(({ model, verdict, skill }) => [nameOf(model), signedGain(skill), verdict]);
  return {
    title: 'Scores',
    lead: `Lower is better, except the gain. WQL is the weighted quantile loss over the levels ${levels.join(', ')}; the gain is what its loss saves of the seasonal naive's, with 95 % intervals from resampled days. What acted is, at each origin, the model that the gate let act there.`,
    body: [
      scoreBars('MASE of the median', models, ({ mase }) => mase),
      scoreBars('Weighted quantile loss', models, ({ weighted_quantile_loss }) => weighted_quantile_loss),
      scoreBars('Scaled interval score (MSIS, 95 %)', models, ({ msis }) => msis),
      scoreBars(
        'Gain over seasonal naive, percent',
        models,
        ({ skill }) => 100 * (skill?.gain ?? Number.NaN),
        ({ skill }) => skill?.interval && { low: 100 * skill.interval.low, high: 100 * skill.interval.high },
      ),
      htmlTable(head, rows),
      htmlTable(['model', 'gain', 'verdict of the gate, and what came of it'], verdicts, [2]),
    ],
  };
}

const MOST_PICTURED = 3;

/** The series with the best, the middle and the worst MASE of what acted. */
function pictured(results: readonly SeriesResult[]): readonly SeriesResult[] {
  if (results.length <= MOST_PICTURED) return results;
  const errorOf = ({ scores }: SeriesResult) => scores.models.find(({ model }) => model === ACTING)!.mase;
  const ranked = results.filter((one) => Number.isFinite(errorOf(one))).sort((a, b) => errorOf(a) - errorOf(b));
  return [ranked.at(0), ranked.at(Math.floor(ranked.length / 2)), ranked.at(-1)].filter((one) => one !== undefined);
}

function fansSection(results: readonly SeriesResult[]): Section {
  const which = results.length > MOST_PICTURED ? 'The series forecast best, middling and worst. ' : '';
  return {
    title: 'Forecast against truth',
    lead: `${which}Each fan opens at its origin, the last sample it knew. Intervals beyond twice the largest load are cut off. Drag to look closer.`,
    body: pictured(results).map((result) => fanPicture(result, 'load')),
  };
}

function calibrationSection({ models, parts_are_hours, zone }: BacktestReport, acting: ModelReport): Section {
  return {
    title: 'Is the uncertainty right?',
    lead: 'Of what acted, except the reliability, which is of all. A line above its band is too wide there, one below too narrow; the outcomes of one origin are alike, so that lines wander somewhat further than the bands. Ramps are the steepest fifth of the season. In the histogram a U is too narrow, a hump too wide, a slope biased.',
    body: [
      coverageByPart(acting, parts_are_hours ? zone : undefined),
      coverageOnRamps(acting),
      pitPicture(acting),
      reliabilityPicture(models),
    ],
  };
}

function settingsSection(report: BacktestReport): Section {
  const { series, failed, models } = report;
  const [first] = series;
  const leftOut = Math.max(0, ...models.map(({ left_out }) => left_out));
  return {
    title: 'How it was measured',
    lead: 'At each origin every model forecast from what was known then. Refits learned from nothing later, and between them the models only observed.',
    body: [
      factList([
        ['source', report.source],
        ['series', `${series.length}, ${failed.length} more could not be learned from`],
        ['step', first ? `${first.step_seconds}${isCounter(first.first_origin) ? '' : ' s'}` : '—'],
        ['horizon', `${report.horizon_steps} steps`],
        ['seasons', `${report.season_lengths.join(', ')} steps`],
        ['origins', `${models.at(-1)?.origins ?? 0}`],
        ['left out of scaled scores', `${leftOut} series that never changed before the first origin`],
        ['seed', String(report.seed)],
      ]),
      ...(first
        ? [
            htmlTable(
              ['fit at', 'acts', 'verdict'],
              first.fits.map(({ at, acting, verdict }) => [at, acting, verdict]),
              [1, 2],
            ),
          ]
        : []),
    ],
  };
}
