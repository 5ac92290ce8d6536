import assert from 'node:assert/strict';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';

describe('a backend that will not load', () => {
  it('is an error that says which, so that training fails and what acted before goes on', async () => {
    await assert.rejects(loadBackend('no-such' as never), /no-such|Cannot find|did not start/);
  });
});
