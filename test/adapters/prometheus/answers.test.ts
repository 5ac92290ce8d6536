import assert from 'node:assert/strict';
import { type Answer, json, matrix, ones, plain, promError } from './fault-server.ts';
import { createPlay } from './play.ts';
import { range, template } from './settings.ts';

const { assertFailed, read, readFrom, server, source, start, end } = createPlay();

const checkout = (values: readonly (readonly [number, string])[]) => ({
  metric: { ns: 'shop', app: 'checkout' },
  values,
});

describe('createLoadSource › answers', () => {
  afterEach(end);

  it('tells infinities from NaN', async () => {
    const answer = await readFrom([
      matrix([
        checkout([
          [1, '+Inf'],
          [2, '-Inf'],
          [3, 'NaN'],
          [4, '1e-3'],
        ]),
      ]),
    ]);
    assert.deepEqual(answer.kind === 'answered' && answer.series[0]?.values, [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      0.001,
    ]);
    assert.deepEqual(answer.kind === 'answered' && answer.series[0]?.timesMs, [1000, 2000, 3000, 4000]);
  });

  it('keeps the milliseconds of a time that is not exact in binary', async () => {
    const answer = await readFrom([matrix([checkout([[1_700_000_000.123, '1']])])]);
    assert.deepEqual(answer.kind === 'answered' && answer.series[0]?.timesMs, [1_700_000_000_123]);
  });

  it('reads series without any sample and without labels', async () => {
    const answer = await readFrom([matrix([checkout([]), { metric: {}, values: [[1, '2']] }])]);
    assert.deepEqual(answer.kind === 'answered' && answer.series, [
      { labels: { ns: 'shop', app: 'checkout' }, timesMs: [], values: [] },
      { labels: {}, timesMs: [1000], values: [2] },
    ]);
  });

  it('passes warnings on, once each, without notes on the style of the query', async () => {
    const warnings = ['store gateway 2: timeout', 'PromQL info: metric might not be a counter'];
    const answer = await readFrom([matrix([], { warnings })], { maxSamples: 5 });
    assert.equal(answer.queries, 2);
    assert.deepEqual(answer.kind === 'answered' && answer.warnings, ['store gateway 2: timeout']);
  });

  it('answers an empty result with no series, which is not a failure', async () => {
    assert.deepEqual(await readFrom([matrix([])]), { kind: 'answered', series: [], warnings: [], queries: 1 });
  });

  it('says what to do about native histograms', async () => {
    const native = { metric: { ns: 'shop' }, histograms: [[1, { count: '1', sum: '1', buckets: [] }]] };
    assertFailed(
      await readFrom([matrix([checkout([]), native])]),
      /found native histograms for \{"ns":"shop"\}, expected plain numbers; histogram_quantile/,
      1,
    );
  });

  it('says what it found where it expected a matrix', async () => {
    assertFailed(
      await readFrom([json(200, { status: 'success', data: { resultType: 'scalar', result: [1, '2'] } })]),
      /expected a matrix, found "scalar"$/,
      1,
    );
  });

  it('takes status error with HTTP 200 for a failure', async () => {
    assertFailed(await readFrom([promError(200, 'bad_data', 'no')]), /found status "error": no$/, 1);
  });

  it('joins the chunks of a range into one series per set of labels', async () => {
    const answer = await readFrom([ones], { maxSamples: 3 });
    assert.ok(answer.kind === 'answered');
    assert.equal(server().asked.length, 4);
    assert.equal(answer.series.length, 1);
    assert.equal(answer.series[0]?.timesMs.length, 10);
    assert.deepEqual(
      answer.series[0]?.timesMs.toSorted((a, b) => a - b),
      answer.series[0]?.timesMs,
    );
  });

  it('has no more than 2 requests under way with a concurrency of 2', async () => {
    let open = 0;
    let most = 0;
    const slow: Answer = (response, asked) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        ones(response, asked);
      }, 20);
    };
    assert.equal((await readFrom([slow], { maxSamples: 1, concurrency: 2 })).kind, 'answered');
    assert.equal(most, 2);
  });

  it('asks by POST, with the timeout, for the instants at the ends of the 10 steps', async () => {
    await readFrom([ones], { timeoutMs: 2500 });
    const { method, path, form } = server().asked[0]!;
    assert.equal(`${method} ${path}`, 'POST /api/v1/query_range');
    assert.deepEqual(Object.fromEntries(form), {
      query: 'sum by (ns, app) (rate(http_requests_total{ns=~"shop", app=~"checkout"}[120s]))',
      start: '1800000060',
      end: '1800000600',
      step: '60',
      timeout: '2500ms',
    });
  });

  it('falls back to GET for good when POST is not allowed', async () => {
    const getOnly: Answer = (response, asked) => (asked.method === 'POST' ? plain(405, 'no') : ones)(response, asked);
    assert.equal((await readFrom([getOnly])).kind, 'answered');
    assert.equal((await read()).kind, 'answered');
    assert.deepEqual(
      server().asked.map((one) => one.method),
      ['POST', 'GET', 'GET'],
    );
  });

  it('asks nothing for no workloads', async () => {
    await start([ones]);
    assert.deepEqual(await source().read(template, [], range), {
      kind: 'answered',
      series: [],
      warnings: [],
      queries: 0,
    });
    assert.equal(server().asked.length, 0);
  });

  it('keeps a path in front of the API', async () => {
    await start([ones], {}, (url) => `${url}/prometheus/`);
    await read();
    assert.equal(server().asked[0]?.path, '/prometheus/api/v1/query_range');
  });

  it('does not show a password from the address', async () => {
    await start([plain(400, 'no')], {}, (url) => url.replace('http://', 'http://me:geheim@'));
    const answer = await read();
    assert.match(answer.kind === 'failed' ? answer.message : '', /at http:\/\/127\.0\.0\.1:\d+: /);
    assert.doesNotMatch(answer.kind === 'failed' ? answer.message : '', /geheim/);
  });

  it('is ready when the simplest query is answered, and says why not', async () => {
    await start([
      json(200, { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '1'] }] } }),
      plain(503, 'starting'),
    ]);
    assert.deepEqual(await source().ready(), { kind: 'ready' });
    const not = await source().ready();
    assert.match(
      not.kind === 'failed' ? not.message : '',
      /^readiness at http:.*HTTP 503 with a body that is not from Prometheus \("starting"\)$/,
    );
    assert.equal(server().asked[0]?.path, '/api/v1/query');
  });
});
