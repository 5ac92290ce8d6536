import assert from 'node:assert/strict';
import { createLoadSource, type PrometheusSource } from '../../../src/adapters/prometheus/load-source.ts';
import type { LoadAnswer } from '../../../src/domain/ports.ts';
import type { PrometheusSettings } from '../../../src/domain/settings.ts';
import { type Answer, type FaultServer, faultServer, json, matrix, ones, plain, promError } from './fault-server.ts';
import { deployment, range, settings, template } from './settings.ts';

let server: FaultServer;
let source: PrometheusSource;

async function start(answers: readonly Answer[], more: Partial<PrometheusSettings> = {}): Promise<void> {
  server = await faultServer(answers);
  source = createLoadSource(settings(server.url, more));
}

const read = (signal?: AbortSignal, asked = range) => source.read(template, [deployment('checkout')], asked, signal);

async function readFrom(answers: readonly Answer[], more: Partial<PrometheusSettings> = {}): Promise<LoadAnswer> {
  await start(answers, more);
  return read();
}

function assertFailed(answer: LoadAnswer, message: RegExp, queries: number): void {
  assert.equal(answer.kind, 'failed');
  assert.match(answer.kind === 'failed' ? answer.message : '', message);
  assert.equal(answer.queries, queries);
  assert.equal(server.asked.length, queries);
}

const checkout = (values: readonly (readonly [number, string])[]) => ({
  metric: { ns: 'shop', app: 'checkout' },
  values,
});
const tooMany = promError(
  422,
  'execution',
  'query processing would load too many samples into memory in query execution',
);

describe('createLoadSource › faults', () => {
  afterEach(async () => {
    source.close();
    await server.close();
  });

  it('names template, address, status and body of a proxy that answers 502 in HTML, after 3 attempts', async () => {
    const answer = await readFrom([plain(502, '<html>\n<h1>Bad Gateway</h1></html>')]);
    assertFailed(
      answer,
      /^template "plain" at http:\/\/127\.0\.0\.1:\d+: expected a whole answer, found HTTP 502 with a body that is not from Prometheus \("<html> <h1>Bad Gateway<\/h1><\/html>"\); gave up after 3 attempts$/,
      3,
    );
  });

  it('recovers from 503 and a broken connection within 3 attempts', async () => {
    const answer = await readFrom([plain(503, ''), (response) => response.destroy(), ones]);
    assert.equal(answer.kind, 'answered');
    assert.equal(answer.queries, 3);
  });

  it('waits for the 1 s that a 429 asks for', async () => {
    const startMs = performance.now();
    const answer = await readFrom([json(429, {}, { 'retry-after': '1' }), ones]);
    assert.equal(answer.kind, 'answered');
    assert.ok(performance.now() - startMs >= 990);
  });

  it('leaves a server alone that asks for a minute, in this read and in the next', async () => {
    await start([plain(503, 'busy', { 'retry-after': '60' }), ones]);
    assertFailed(await read(), /found HTTP 503 with a body that is not from Prometheus \("busy"\)$/, 1);
    const next = await read();
    assert.match(next.kind === 'failed' ? next.message : '', /left alone until \d{4}-.*\(Retry-After\)$/);
    assert.equal(next.queries, 0);
    assert.equal(server.asked.length, 1);
  });

  it('does not ask again for what Prometheus refuses', async () => {
    const answer = await readFrom([promError(400, 'bad_data', 'invalid parameter "query": 1:5: parse error')]);
    assertFailed(answer, /found HTTP 400, bad_data: invalid parameter "query": 1:5: parse error$/, 1);
  });

  it('gives the status of a 401 in plain text', async () => {
    assertFailed(
      await readFrom([plain(401, 'Unauthorized')]),
      /found HTTP 401 with a body that is not from Prometheus \("Unauthorized"\)$/,
      1,
    );
  });

  it('says where a redirection leads instead of following it without the query', async () => {
    const answer = await readFrom([plain(302, '', { location: 'https://sso/login' })]);
    assertFailed(
      answer,
      /HTTP 302, a redirection to https:\/\/sso\/login; prometheus\.url has to name the final address$/,
      1,
    );
  });

  it('takes a login page with status 200 for no answer', async () => {
    assertFailed(
      await readFrom([plain(200, '<!doctype html>Log in')]),
      /status 200 with a body that is not JSON \("<!doctype html>Log in"\)$/,
      1,
    );
  });

  it('asks again for JSON that was cut off', async () => {
    const answer = await readFrom([plain(200, '{"status":"success","data":{"resul'), ones]);
    assert.equal(answer.kind, 'answered');
    assertFailed(
      await readAgain([plain(200, '{"status":"success","da')]),
      /found JSON cut off after 23 characters; gave up after 3 attempts$/,
      3,
    );
  });

  it('asks again when the connection ends before the announced length', async () => {
    const cut: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"status":"success"', () => response.destroy());
    };
    assert.equal((await readFrom([cut, ones])).kind, 'answered');
  });

  it('ends a silent server after the timeout of 300 ms and does not ask it again', async () => {
    const startMs = performance.now();
    const answer = await readFrom([() => undefined], { timeoutMs: 300 });
    assertFailed(answer, /found no whole answer within 300ms \(prometheus\.timeout\)$/, 1);
    assert.ok(performance.now() - startMs < 1500);
  });

  it('ends a server that trickles after the timeout of 400 ms', async () => {
    const trickle: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    };
    assertFailed(await readFrom([trickle], { timeoutMs: 400 }), /no whole answer within 400ms/, 1);
  });

  it('does not ask again for a query that Prometheus itself timed out', async () => {
    const answer = await readFrom([promError(503, 'timeout', 'query timed out in expression evaluation')]);
    assertFailed(answer, /HTTP 503, timeout: query timed out in expression evaluation$/, 1);
  });

  it('fails when nobody listens, with the code of the system', async () => {
    await start([ones]);
    await server.close();
    const answer = await read();
    assert.match(answer.kind === 'failed' ? answer.message : '', /ECONNREFUSED.*gave up after 3 attempts$/);
  });

  it('ends at once when it is aborted', async () => {
    await start([() => undefined]);
    const abort = new AbortController();
    const answer = read(abort.signal);
    setTimeout(() => abort.abort(), 50);
    assertFailed(await answer, /found cancelled$/, 1);
  });

  it('asks nothing when it is aborted beforehand, and nothing after close', async () => {
    await start([ones]);
    assertFailed(await read(AbortSignal.abort()), /found cancelled$/, 0);
    source.close();
    assertFailed(await read(), /found cancelled$/, 0);
  });

  it('stops an answer that is far larger than maxSamples allows', async () => {
    const huge: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(Buffer.alloc(6 * 1024 * 1024, ' '));
    };
    assertFailed(
      await readFrom([huge], { maxSamples: 1000 }),
      /larger than prometheus\.maxSamples allows; the query has to yield one series per workload/,
      1,
    );
  });

  it('halves a range of 10 steps until it no longer loads too many samples', async () => {
    const picky: Answer = (response, asked) => {
      const few = Number(asked.form.get('end')) - Number(asked.form.get('start')) < 180;
      (few ? ones : tooMany)(response, asked);
    };
    const answer = await readFrom([picky]);
    assert.ok(answer.kind === 'answered');
    assert.equal(answer.queries, 7);
    assert.equal(answer.series.length, 1);
    const expected = Array.from({ length: 10 }, (_, i) => range.startMs + (i + 1) * range.stepMs);
    assert.deepEqual(answer.series[0]?.timesMs, expected);
  });

  it('fails when even a single instant loads too many samples', async () => {
    const answer = await readFrom([tooMany]);
    assert.match(
      answer.kind === 'failed' ? answer.message : '',
      /HTTP 422, execution: query processing would load too many samples/,
    );
  });

  it('never presents half an answer: one chunk of 10 that fails fails all', async () => {
    const answer = await readFrom([ones, ones, promError(422, 'execution', 'duplicate series')], {
      maxSamples: 1,
      concurrency: 1,
    });
    assert.match(answer.kind === 'failed' ? answer.message : '', /HTTP 422, execution: duplicate series$/);
    assert.ok(answer.queries < 10, 'the other chunks are given up');
  });

  async function readAgain(answers: readonly Answer[]): Promise<LoadAnswer> {
    source.close();
    await server.close();
    return readFrom(answers);
  }
});

describe('createLoadSource › answers', () => {
  afterEach(async () => {
    source.close();
    await server.close();
  });

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
    assert.equal(server.asked.length, 4);
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
    const { method, path, form } = server.asked[0]!;
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
      server.asked.map((one) => one.method),
      ['POST', 'GET', 'GET'],
    );
  });

  it('asks nothing for no workloads', async () => {
    await start([ones]);
    assert.deepEqual(await source.read(template, [], range), {
      kind: 'answered',
      series: [],
      warnings: [],
      queries: 0,
    });
    assert.equal(server.asked.length, 0);
  });

  it('keeps a path in front of the API', async () => {
    server = await faultServer([ones]);
    source = createLoadSource(settings(`${server.url}/prometheus/`));
    await read();
    assert.equal(server.asked[0]?.path, '/prometheus/api/v1/query_range');
  });

  it('does not show a password from the address', async () => {
    server = await faultServer([plain(400, 'no')]);
    source = createLoadSource(settings(server.url.replace('http://', 'http://me:geheim@')));
    const answer = await read();
    assert.match(answer.kind === 'failed' ? answer.message : '', /at http:\/\/127\.0\.0\.1:\d+: /);
    assert.doesNotMatch(answer.kind === 'failed' ? answer.message : '', /geheim/);
  });

  it('is ready when the simplest query is answered, and says why not', async () => {
    await start([
      json(200, { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '1'] }] } }),
      plain(503, 'starting'),
    ]);
    assert.deepEqual(await source.ready(), { kind: 'ready' });
    const not = await source.ready();
    assert.match(
      not.kind === 'failed' ? not.message : '',
      /^readiness at http:.*HTTP 503 with a body that is not from Prometheus \("starting"\)$/,
    );
    assert.equal(server.asked[0]?.path, '/api/v1/query');
  });
});
