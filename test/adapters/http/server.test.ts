import assert from 'node:assert/strict';
import { type HttpServer, serve, statusPage } from '../../../src/adapters/http/server.ts';

describe('serve', () => {
  let server: HttpServer;
  const pages = {
    '/ok': () => statusPage(true, { status: 'alive' }),
    '/bad': () => statusPage(false, { status: 'stuck' }),
    '/boom': () => {
      throw new Error('no registry');
    },
  };
  beforeEach(async () => {
    server = await serve('127.0.0.1', 0, pages);
  });
  afterEach(() => server.close());
  const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);

  it('answers 200 with JSON while ok and 503 when not', async () => {
    const [ok, bad] = [await get('/ok?verbose=1'), await get('/bad')];
    assert.deepEqual([ok.status, await ok.json()], [200, { status: 'alive' }]);
    assert.deepEqual([bad.status, await bad.json()], [503, { status: 'stuck' }]);
  });

  it('answers 404 with the pages there are, also for names every object has', async () => {
    for (const path of ['/nothing', '/constructor', '/__proto__']) {
      const answer = await get(path);
      assert.equal(answer.status, 404, path);
      assert.match(await answer.text(), /\/ok, \/bad, \/boom/);
    }
  });

  it('answers 405 to a POST and 500 with the cause when a page throws', async () => {
    assert.equal((await get('/ok', { method: 'POST' })).status, 405);
    const boom = await get('/boom');
    assert.deepEqual([boom.status, await boom.text()], [500, 'Error: no registry\n']);
  });

  it('sends no body to HEAD', async () => {
    const head = await get('/ok', { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
  });

  it('names the address that is already in use', async () => {
    await assert.rejects(
      serve('127.0.0.1', server.port, pages),
      new RegExp(`http 127.0.0.1:${server.port}: .*EADDRINUSE`),
    );
  });
});
