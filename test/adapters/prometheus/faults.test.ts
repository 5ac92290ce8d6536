import assert from 'node:assert/strict';
import type { LoadAnswer } from '../../../src/domain/ports.ts';
import { type Answer, json, ones, plain, promError } from './fault-server.ts';
import { createPlay } from './play.ts';
import { range } from './settings.ts';

const { assertFailed, read, readFrom, server, source, start, end } = createPlay();

const tooMany = promError(
  422,
  'execution',
  'query processing would load too many samples into memory in query execution',
);

describe('createLoadSource › faults', () => {
  afterEach(end);

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
    assert.equal(server().asked.length, 1);
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
    await server().close();
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
    source().close();
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
    await end();
    return readFrom(answers);
  }
});
