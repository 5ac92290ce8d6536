import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Reflector, type ReflectorOptions } from '../../../../src/adapters/kubernetes/state/reflector.ts';
import { staleness } from '../../../../src/adapters/kubernetes/state/source.ts';
import { type FakeApi, json, type Request, startFakeApi, status } from '../fake-api.ts';

interface Thing {
  readonly metadata: { readonly uid?: string; readonly resourceVersion?: string; readonly name?: string };
}

const thing = (name: string, resourceVersion = '1'): Thing => ({
  metadata: { uid: `uid-${name}`, name, resourceVersion },
});
const isWatch = ({ path }: Request) => path.includes('watch=true');

async function until(check: () => boolean): Promise<void> {
  for (const end = performance.now() + 5_000; !check(); ) {
    assert.ok(performance.now() < end, 'it did not happen in 5 s');
    await sleep(5);
  }
}

describe('Reflector', () => {
  let api: FakeApi;
  let reflector: Reflector<Thing, string>;
  let watches: ServerResponse[];
  let listed: readonly Thing[];
  let warnings: string[];

  beforeEach(async () => {
    watches = [];
    warnings = [];
    listed = [thing('a'), thing('b')];
    api = await startFakeApi((request, response) => {
      if (!isWatch(request)) return json(response, 200, { items: listed, metadata: { resourceVersion: '10' } });
      response.writeHead(200);
      response.flushHeaders();
      watches.push(response);
    });
  });
  afterEach(async () => {
    reflector.close();
    await api.close();
  });

  function start(options: Partial<ReflectorOptions<Thing, string>> = {}) {
    reflector = new Reflector<Thing, string>(api.client, {
      name: 'things',
      path: '/api/v1/things',
      list: async (page) => {
        const query = new URLSearchParams({ limit: String(page.limit), continue: page._continue ?? '' });
        const answer = await fetch(`${api.url}/api/v1/things?${query}`);
        return (await answer.json()) as { items: Thing[]; metadata: object };
      },
      project: ({ metadata }) => metadata.name,
      onWarning: (message) => warnings.push(message),
      now: () => Date.now(),
      silenceMs: 5_000,
      ...options,
    });
    reflector.start();
  }
  const names = () => [...reflector.records()].sort();
  const send = (type: string, object: object) => watches.at(-1)?.write(`${JSON.stringify({ type, object })}\n`);

  it('lists, then follows what is added, changed and deleted', async () => {
    start();
    await until(() => watches.length === 1);
    assert.deepEqual(names(), ['a', 'b']);
    send('ADDED', thing('c', '11'));
    send('DELETED', thing('a', '12'));
    send('MODIFIED', { metadata: { uid: 'uid-b', name: 'b2', resourceVersion: '13' } });
    await until(() => names().join() === 'b2,c');
  });

  it('begins the next watch at the version of the last event or bookmark, without a list', async () => {
    start();
    await until(() => watches.length === 1);
    await sleep(1_050); // a watch that ends sooner is taken for a failure
    send('BOOKMARK', { metadata: { resourceVersion: '42' } });
    watches[0]?.end();
    await until(() => watches.length === 2);
    const paths = api.requests.map(({ path }) => path);
    assert.equal(paths.filter((path) => !path.includes('watch')).length, 1);
    assert.match(paths.at(-1) ?? '', /resourceVersion=42.*allowWatchBookmarks=true/);
    assert.deepEqual(warnings, []);
  });

  it('lists again after 410 in the stream, and notices what was deleted meanwhile', async () => {
    const removed: string[] = [];
    start({ onRemove: (record) => removed.push(record) });
    await until(() => watches.length === 1);
    listed = [thing('b')];
    send('ERROR', status(410, 'Expired', 'too old'));
    await until(() => names().join() === 'b');
    assert.deepEqual(removed, ['a']);
  });

  it('lists again, with a warning, after an event that it cannot read', async () => {
    start({
      project: ({ metadata }) => {
        if (metadata.name === 'poison') throw new Error('no such field');
        return metadata.name;
      },
    });
    await until(() => watches.length === 1);
    listed = [thing('a'), thing('b'), thing('c')];
    send('ADDED', thing('poison'));
    await until(() => names().join() === 'a,b,c');
    assert.match(warnings[0] ?? '', /things: an event could not be read, listing again: Error: no such field/);
  });

  it('puts the pages of a list together, 500 objects each', async () => {
    api.answer = (request, response) => {
      if (isWatch(request)) return;
      const isSecond = request.path.includes('continue=next');
      const metadata = isSecond ? { resourceVersion: '10' } : { resourceVersion: '10', _continue: 'next' };
      json(response, 200, { items: [thing(isSecond ? 'second' : 'first')], metadata });
    };
    start();
    await until(() => names().length === 2);
    assert.match(api.requests[0]?.path ?? '', /limit=500/);
  });

  it('keeps nothing of objects that the projection leaves out', async () => {
    start({ project: ({ metadata }) => (metadata.name === 'a' ? metadata.name : undefined) });
    await until(() => watches.length === 1);
    assert.deepEqual(names(), ['a']);
  });

  it('backs off when watches end at once, and says it once and not each time', async () => {
    api.answer = (request, response) => {
      if (!isWatch(request)) return json(response, 200, { items: listed, metadata: { resourceVersion: '10' } });
      json(response, 403, status(403, 'Forbidden', 'no'));
    };
    start();
    await sleep(1_500);
    assert.ok(api.requests.filter(isWatch).length <= 3);
    assert.deepEqual(warnings, ['things: watch: the API server answered 403 Forbidden']);
    assert.equal(reflector.problem(), 'watch: the API server answered 403 Forbidden');
  });

  it('begins a watch anew that has been silent for 100 ms, and is confirmed by that', async () => {
    start({ silenceMs: 100 });
    await until(() => watches.length === 1);
    const first = reflector.confirmedMs() ?? 0;
    await until(() => watches.length >= 3);
    assert.ok((reflector.confirmedMs() ?? 0) > first);
  });

  it('ends its watch and asks for nothing more when it is closed', async () => {
    start();
    await until(() => watches.length === 1);
    let isCut = false;
    watches[0]?.on('close', () => {
      isCut = true;
    });
    reflector.close();
    await until(() => isCut);
    const before = api.requests.length;
    await sleep(100);
    assert.equal(api.requests.length, before);
  });
});

describe('staleness', () => {
  const source = (confirmed: number | undefined, problem?: string) => ({
    name: 'pods',
    start: () => {},
    close: () => {},
    records: () => [],
    confirmedMs: () => confirmed,
    problem: () => problem,
  });

  it('is nothing up to the limit of 90 s and a sentence with both numbers behind it', () => {
    assert.deepEqual(staleness([source(0)], 90_000, 90_000), []);
    assert.deepEqual(staleness([source(0, 'watch: cut')], 95_000, 90_000), [
      'pods: last confirmed 95 s ago, limit 90 s: watch: cut',
    ]);
  });

  it('tells what was never read from what is old', () => {
    assert.deepEqual(staleness([source(undefined, 'list: 403')], 0, 1), ['pods: not read yet: list: 403']);
    assert.deepEqual(staleness([source(undefined)], 0, 1), ['pods: not read yet: no answer from the API server']);
  });
});
