/**
 * Histories of a fleet on their way to a worker: marks as bytes. As text each mark would be an object of its own in the
 * worker's memory, 0.7 MB for two weeks of minutes.
 */
import type { FleetHistory, FleetRequest } from '../../domain/fleet.ts';
import type { Mark } from '../../domain/forecast.ts';

interface PackedHistory extends Omit<FleetHistory, 'marks'> {
  readonly marks?: Uint8Array;
}

export interface PackedFleet extends Omit<FleetRequest, 'histories'> {
  readonly histories: readonly PackedHistory[];
}

const MARKS: readonly Mark[] = ['ok', 'censored', 'excluded'];

/** Marks that are all `ok` stay behind. */
export function packFleet(request: FleetRequest): PackedFleet {
  return {
    ...request,
    histories: request.histories.map(({ marks, ...history }) =>
      marks?.some((mark) => mark !== 'ok') ? { ...history, marks: packed(marks) } : history,
    ),
  };
}

export function unpackFleet(request: PackedFleet): FleetRequest {
  return {
    ...request,
    histories: request.histories.map(({ marks, ...history }) =>
      marks ? { ...history, marks: unpacked(marks) } : history,
    ),
  };
}

function packed(marks: readonly Mark[]): Uint8Array {
  return Uint8Array.from(marks, (mark) => MARKS.indexOf(mark));
}

function unpacked(bytes: Uint8Array): readonly Mark[] {
  return Array.from({ length: bytes.length }, (_, i) => MARKS[bytes[i]!]!);
}
