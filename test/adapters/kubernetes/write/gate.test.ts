import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEventWriter, type EventObject } from '../../../../src/adapters/kubernetes/write/events.ts';
import { type Change, createGate } from '../../../../src/adapters/kubernetes/write/gate.ts';
import { type Answerer, type FakeApi, json, startFakeApi, status } from '../fake-api.ts';

const web = { namespace: 'shop', kind: 'Deployment', name: 'web' } as const;
const writes = [{ target: 'Deployment shop/web', field: 'spec.replicas', from: '2', to: '3' }];
const ok: Answerer = (_, response) => json(response, 200, { metadata: { uid: 'u' } });
const changes: readonly Change[] = [
  { kind: 'hpa', namespace: 'shop', name: 'web', patch: [] },
  { kind: 'scale', ref: web, patch: [] },
  { kind: 'scale', ref: { ...web, kind: 'StatefulSet' }, patch: [] },
  { kind: 'template', ref: web, patch: [] },
  { kind: 'template', ref: { ...web, kind: 'StatefulSet' }, patch: [] },
  { kind: 'event', namespace: 'shop', event: { eventTime: new Date() } },
];

describe('createGate', () => {
  let api: FakeApi;
  let mode: 'dry-run' | 'act';
  let pauses: number[];
  before(async () => {
    api = await startFakeApi(ok);
  });
  after(() => api.close());
  beforeEach(() => {
    mode = 'act';
    pauses = [];
    api.requests.length = 0;
    api.answer = ok;
  });
  const gate = () =>
    createGate(api.client, { mode: () => mode, rateLimit: async () => {}, pause: async (ms) => void pauses.push(ms) });
  const scale: Change = { kind: 'scale', ref: web, patch: [{ op: 'replace', path: '/spec/replicas', value: 3 }] };

  it('sends nothing in dry run, whatever the change, and answers with what it would have written', async () => {
    mode = 'dry-run';
    for (const change of changes) assert.deepEqual(await gate().submit(change, writes), { kind: 'dry-run', writes });
    assert.equal(api.requests.length, 0);
  });

  it('asks for the mode at every write', async () => {
    const one = gate();
    assert.equal((await one.submit(scale, writes)).kind, 'applied');
    mode = 'dry-run';
    assert.equal((await one.submit(scale, writes)).kind, 'dry-run');
    assert.equal(api.requests.length, 1);
  });

  it('sends each change where it belongs, as forescale, with strict validation', async () => {
    for (const change of changes) await gate().submit(change, writes);
    const query = '?fieldManager=forescale&fieldValidation=Strict';
    assert.deepEqual(
      api.requests.map(({ method, path }) => `${method} ${path}`),
      [
        `PATCH /apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web${query}`,
        `PATCH /apis/apps/v1/namespaces/shop/deployments/web/scale${query}`,
        `PATCH /apis/apps/v1/namespaces/shop/statefulsets/web/scale${query}`,
        `PATCH /apis/apps/v1/namespaces/shop/deployments/web${query}`,
        `PATCH /apis/apps/v1/namespaces/shop/statefulsets/web${query}`,
        `POST /apis/events.k8s.io/v1/namespaces/shop/events${query}`,
      ],
    );
    for (const { method, headers } of api.requests) {
      if (method === 'PATCH') assert.equal(headers['content-type'], 'application/json-patch+json');
    }
  });

  const fails = (code: number, reason: string, headers = {}, details = {}): Answerer => {
    return (_, response) => json(response, code, status(code, reason, 'words', details), headers);
  };
  for (const [what, answer, expected] of [
    ['409', fails(409, 'Conflict'), { kind: 'conflict', message: 'the API server answered 409 Conflict: words' }],
    [
      'a failed test (422)',
      fails(422, 'Invalid'),
      { kind: 'conflict', message: 'the API server answered 422 Invalid: words' },
    ],
    [
      'an invalid value (422)',
      fails(422, 'Invalid', {}, { causes: [{ field: 'spec' }] }),
      { kind: 'failed', message: 'the API server answered 422 Invalid: words' },
    ],
    ['403', fails(403, 'Forbidden'), { kind: 'failed', message: 'the API server answered 403 Forbidden: words' }],
    [
      '500',
      fails(500, 'InternalError'),
      { kind: 'failed', message: 'the API server answered 500 InternalError: words' },
    ],
    ['504', fails(504, 'Timeout'), { kind: 'unknown', message: 'the API server answered 504 Timeout: words' }],
    ['no answer', () => {}, { kind: 'unknown', message: 'the API server did not answer in time' }],
  ] as const) {
    it(`${what} is ${expected.kind}, and is not sent twice`, async () => {
      api.answer = answer;
      assert.deepEqual(await gate().submit(scale, writes), expected);
      assert.equal(api.requests.length, 1);
    });
  }

  it('waits for a Retry-After of 2 s once and sends again', async () => {
    api.answer = (request, response) => {
      api.answer = ok;
      fails(429, 'TooManyRequests', { 'retry-after': '2' })(request, response);
    };
    assert.equal((await gate().submit(scale, writes)).kind, 'applied');
    assert.deepEqual(pauses, [2_000]);
  });

  it('gives up after a second 429, with the time that the server asks for', async () => {
    api.answer = fails(429, 'TooManyRequests', { 'retry-after': '3' });
    const outcome = await gate().submit(scale, writes);
    assert.ok(outcome.kind === 'failed' && outcome.retryAfterMs === 3_000);
    assert.equal(api.requests.length, 2);
  });

  it('begins no write once the process is to end, also one that was waiting for its turn', async () => {
    const stop = new AbortController();
    const rateLimit = async () => stop.abort();
    const outcome = await createGate(api.client, { mode: () => 'act', rateLimit, stop: stop.signal }).submit(
      scale,
      writes,
    );
    assert.deepEqual(outcome, { kind: 'failed', message: 'forescale is ending, so it was not written' });
    assert.equal(api.requests.length, 0);
  });

  it('is the only file that calls a writing method of the client', () => {
    const src = join(import.meta.dirname, '../../../../src');
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const writing = files.filter((file) =>
      /\.(create|patch|replace|delete)(Collection)?Namespaced?\w*\(/.test(readFileSync(join(src, file), 'utf8')),
    );
    assert.deepEqual(writing, ['adapters/kubernetes/write/gate.ts']);
  });
});

describe('createEventWriter', () => {
  let api: FakeApi;
  before(async () => {
    api = await startFakeApi(ok);
  });
  after(() => api.close());
  beforeEach(() => {
    api.requests.length = 0;
    api.answer = ok;
  });

  const t0 = Date.UTC(2026, 10, 21, 9);
  const object: EventObject = { apiVersion: 'apps/v1', ...web };
  const writer = (onWarning = (_: string) => {}) =>
    createEventWriter(createGate(api.client, { mode: () => 'act', rateLimit: async () => {} }), {
      instance: 'pod-1',
      onWarning,
    });

  it('writes reason, note, object and who reports it', async () => {
    await writer().emit(object, 'Normal', 'floor-raised', 'minReplicas 2 → 8', t0);
    const event = JSON.parse(api.requests[0]?.body ?? '{}');
    assert.deepEqual(event.regarding, object);
    assert.equal(event.eventTime, '2026-11-21T09:00:00.000000Z');
    assert.deepEqual(
      [event.type, event.reason, event.note, event.reportingController, event.reportingInstance],
      ['Normal', 'floor-raised', 'minReplicas 2 → 8', 'forescale.dev/forescale', 'pod-1'],
    );
  });

  it('writes the same once in 10 min, and again after that', async () => {
    const events = writer();
    for (const minutes of [0, 1, 9.9])
      await events.emit(object, 'Normal', 'floor-raised', 'same', t0 + minutes * 60_000);
    assert.equal(api.requests.length, 1);
    await events.emit(object, 'Normal', 'floor-raised', 'same', t0 + 600_000);
    assert.equal(api.requests.length, 2);
  });

  it('writes at most 10 of one object in 10 min, and those of others too', async () => {
    const events = writer();
    for (let i = 0; i < 30; i++) await events.emit(object, 'Normal', 'floor-raised', `note ${i}`, t0);
    assert.equal(api.requests.length, 10);
    await events.emit({ ...object, name: 'other' }, 'Normal', 'floor-raised', 'note', t0);
    assert.equal(api.requests.length, 11);
  });

  it('cuts a note at the 1024 characters that the API takes', async () => {
    await writer().emit(object, 'Normal', 'steady', 'x'.repeat(3000), t0);
    assert.equal(JSON.parse(api.requests[0]?.body ?? '{}').note.length, 1024);
  });

  it('warns when an Event is refused, and rejects nothing', async () => {
    const warnings: string[] = [];
    api.answer = (_, response) => json(response, 403, status(403, 'Forbidden', 'no'));
    await writer((text) => warnings.push(text)).emit(object, 'Normal', 'steady', 'n', t0);
    assert.deepEqual(warnings, [
      'an Event for Deployment/shop/web was not written: the API server answered 403 Forbidden: no',
    ]);
  });
});
