/**
 * Gets the native TensorFlow addon into node_modules while the image is built: by the install script of its own
 * package, which downloads it or compiles it. Where that fails the image is built all the same, and says that wasm
 * serves: the addon is a matter of speed, not of results.
 *
 * NATIVE=0 skips it; NATIVE=required fails the build instead of falling back.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const wanted = process.env.NATIVE ?? '1';
const addon = join(process.cwd(), 'node_modules', '@tensorflow', 'tfjs-node');
/** The install script has no limit of its own: behind a firewall that drops packets it would wait for ever. */
const LIMIT_MS = 15 * 60_000;

/** In a process of its own, because an addon that does not fit its library ends the process that loads it. */
const probe = `
  const util = require('node:util');
  util.isNullOrUndefined ??= (value) => value == null; // tfjs-node 4.22 uses it; Node 23 removed it
  const tf = require(${JSON.stringify(addon)});
  const sum = tf.sum(tf.matMul(tf.ones([2, 2]), tf.ones([2, 2]))).dataSync()[0];
  process.exit(tf.getBackend() === 'tensorflow' && sum === 8 ? 0 : 3);`;

function say(message) {
  process.stdout.write(`native-addon: ${message}\n`);
}

function run(command, args) {
  const result = spawnSync(command, args, { stdio: 'inherit', timeout: LIMIT_MS });
  if (result.error) return `${command}: ${result.error.message}`;
  return result.status === 0 ? undefined : `${command} ended with ${result.status ?? result.signal}`;
}

function fallBack(problem) {
  // What a broken attempt leaves behind could be loaded later, and end the process.
  for (const part of ['lib', 'deps', 'build']) rmSync(join(addon, part), { recursive: true, force: true });
  say(`${problem}. The image is built without the native TensorFlow addon; wasm serves.`);
  if (wanted === 'required') process.exit(1);
}

if (wanted === '0') {
  say('NATIVE=0: the image is built without the native TensorFlow addon; wasm serves.');
} else {
  const problem =
    run('npm', ['rebuild', '@tensorflow/tfjs-node', '--ignore-scripts=false', '--foreground-scripts']) ??
    run(process.execPath, ['-e', probe]);
  if (problem) fallBack(problem);
  else say('the native TensorFlow addon is in the image.');
}
