/** `backtest` and `simulate` of a workload whose peaks were cut off: a real Prometheus counts the errors beside the load. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BacktestReport } from '../../src/cli/backtest/report.ts';
import { findRig, type PrometheusServer, startPrometheus, titleWithRig } from '../rig/rig.ts';
import { run } from './support/cli.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const DAYS = 5;
const END = Math.floor(Date.now() / MINUTE) * MINUTE;
const MOST_SERVED = 80;

/** Requests per second that are asked for: from 20 to 100, over 80 for a third of the day. */
const asked = (atMs: number) => 60 + 40 * Math.sin((2 * Math.PI * atMs) / DAY) + 3 * Math.sin(atMs / MINUTE);
const isOver = (atMs: number) => asked(atMs) > MOST_SERVED;

function counter(code: string, perSecond: (atMs: number) => number): readonly string[] {
  const lines: string[] = [];
  let count = 0;
  for (let atMs = END - DAYS * DAY; atMs <= END; atMs += MINUTE) {
    lines.push(`http_requests_total{namespace="shop",app="cart",code="${code}"} ${count.toFixed(2)} ${atMs / 1000}`);
    count += perSecond(atMs + MINUTE / 2) * 60;
  }
  return lines;
}

/** While it cannot serve what is asked for, 5 % of what gets through are errors; clients go elsewhere with the rest. */
function openMetrics(): string {
  const served = (atMs: number) => Math.min(MOST_SERVED, asked(atMs));
  const lines = [
    ...counter('200', (atMs) => served(atMs) * (isOver(atMs) ? 0.95 : 1)),
    ...counter('503', (atMs) => (isOver(atMs) ? 0.05 * served(atMs) : 0)),
  ];
  return `# TYPE http_requests counter\n${lines.join('\n')}\n# EOF\n`;
}

const rig = findRig();

(rig.kind === 'found' ? describe : describe.skip)(titleWithRig('a history of peaks that were cut off', rig), () => {
  let server: PrometheusServer;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-cut-off-'));
    server = await startPrometheus({ openMetrics: openMetrics() });
  });
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A configuration that observes errors, or not. */
  function configured(name: string, errors: string): readonly string[] {
    const path = join(folder, `${name}.yaml`);
    const signals = `{ requests: http-by-app, cpu: none, memory: none, errors: ${errors} }`;
    writeFileSync(
      path,
      `prometheus: { url: "${server.url}" }
history: { window: 4d }
defaults: { seasons: [1d] }
workloads: [{ namespace: shop, name: cart, replicas: { max: 50 }, objective: wait p95 100ms, perReplica: 2, signals: ${signals} }]
`,
    );
    return ['--config', path, '--workload', 'shop/cart'];
  }

  async function backtest(name: string, errors: string) {
    const options = ['--origins', '12', '--refit-every', '12', '-o', 'json', '--seed', '1'];
    const { code, stdout, stderr } = await run(['backtest', ...configured(name, errors), ...options]);
    assert.equal(code, 0, stderr);
    return { report: JSON.parse(stdout) as BacktestReport, stderr };
  }

  it('is back-tested with its peaks as lower bounds where errors are observed, as the daemon would learn', async () => {
    const blind = await backtest('blind', 'none');
    assert.doesNotMatch(blind.stderr, /lower bounds/);
    const seeing = await backtest('seeing', 'http-by-app');
    const [, steps, bounds] = /cart: of (\d+) steps (\d+) are learned as lower bounds \(errors\)/.exec(seeing.stderr)!;
    // A rate sees errors for some minutes more.
    const share = Number(bounds) / Number(steps);
    assert.ok(share > 0.32 && share < 0.36, `${share}`);
    assert.notDeepEqual(seeing.report.series, blind.report.series);
    assert.equal(seeing.report.series[0]!.id, blind.report.series[0]!.id);
  });

  it('says why nothing is doubted where the errors cannot be read, and goes on', async () => {
    const { stderr } = await backtest('elsewhere', 'istio');
    assert.match(stderr, /no step is doubted by errors: signal errors by istio-errors is empty: /);
  });

  it('is simulated with the same marks: on its page, and in what forescale asks for', async () => {
    const simulate = async (name: string, errors: string) => {
      const [html, rows] = [join(folder, `${name}.html`), join(folder, name)];
      const options = ['--policies', 'forescale', '--start-up', '60s', '--html', html, '--decisions', rows];
      const { code, stderr } = await run(['simulate', ...configured(name, errors), ...options]);
      assert.equal(code, 0, stderr);
      const [head, ...lines] = readFileSync(join(rows, 'forescale.csv'), 'utf8').trim().split('\n');
      assert.equal(head, 'unix_s,demand_rps,needed,ready,desired');
      const atPeak = lines.map((line) => line.split(',').map(Number)).filter(([, load]) => load! > 0.99 * MOST_SERVED);
      const desired = atPeak.reduce((sum, row) => sum + row[4]!, 0) / atPeak.length;
      return { page: readFileSync(html, 'utf8'), desired };
    };
    const [seeing, blind] = [await simulate('sim-seeing', 'http-by-app'), await simulate('sim-blind', 'none')];
    assert.match(seeing.page, /of \d+ steps \d+ are learned as lower bounds \(errors\)/);
    assert.doesNotMatch(blind.page, /lower bounds/);
    assert.ok(seeing.desired > 1.01 * blind.desired, `${seeing.desired} and ${blind.desired} replicas at the peak`);
  });
});
