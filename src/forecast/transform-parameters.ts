import { numberIn, type Parameters, textIn } from './parameters.ts';
import type { Transform } from './transform.ts';

export function transformParameters(transform: Transform): Parameters {
  return transform.kind === 'log'
    ? { 'transform.kind': 'log', 'transform.offset': transform.offset }
    : { 'transform.kind': 'linear', 'transform.unit': transform.unit };
}

export function readTransform(parameters: Parameters): Transform {
  return textIn(parameters, 'transform.kind') === 'log'
    ? { kind: 'log', offset: numberIn(parameters, 'transform.offset') }
    : { kind: 'linear', unit: numberIn(parameters, 'transform.unit') };
}
