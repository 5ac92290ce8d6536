import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { startProgress } from '../../src/cli/progress.ts';

describe('progress', () => {
  let drawn: string[] = [];
  const terminal = { isTTY: true, write: (text: string) => drawn.push(text) > 0 };

  beforeEach(() => {
    drawn = [];
    mock.timers.enable({ apis: ['setInterval', 'Date'] });
  });
  afterEach(() => mock.timers.reset());

  it('stays out of the way of work that takes less than a second, and leaves nothing behind', () => {
    const progress = startProgress('simulating', 10);
    progress.update(5);
    mock.timers.tick(900);
    progress.end();
    assert.deepEqual(drawn, []);
  });

  it('shows a third and the 2 s that are left after one second', () => {
    const progress = startProgress('simulating', 300, terminal);
    mock.timers.tick(950);
    progress.update(100);
    assert.deepEqual(drawn, []);
    mock.timers.tick(50);
    assert.deepEqual(drawn, [`\r\x1b[Ksimulating ${'█'.repeat(10)}${'░'.repeat(20)} 33 %, 2 s left`]);
    progress.end();
    assert.equal(drawn.at(-1), '\r\x1b[K');
  });

  it('shows while nothing is reported, with the time so far: a first fit of 5 s', () => {
    const progress = startProgress('simulating', 300, terminal);
    for (let i = 0; i < 50; i++) mock.timers.tick(100);
    assert.match(drawn.at(-1)!, / 0 %, 5 s so far$/);
    assert.ok(drawn.length > 20);
    progress.end();
    const before = drawn.length;
    mock.timers.tick(5000);
    assert.equal(drawn.length, before);
  });

  it('draws at most ten times a second however often it is told', () => {
    const progress = startProgress('simulating', 100_000, terminal);
    mock.timers.tick(2000);
    const before = drawn.length;
    for (let done = 0; done < 1000; done++) progress.update(done);
    assert.ok(drawn.length - before <= 1);
    progress.end();
  });

  it('shows nothing where nobody looks: stderr is no terminal', () => {
    const progress = startProgress('simulating', 10, { ...terminal, isTTY: false });
    mock.timers.tick(5000);
    progress.update(5);
    progress.end();
    assert.deepEqual(drawn, []);
  });
});
