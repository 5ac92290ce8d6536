/**
 * One set of objects works on all series of a layout. The functions, views and scratch arrays of an aggregate take three
 * times the bytes of what it remembers, and they are the same for every series of equal step, seasons, horizons and experts.
 * So a series at rest is one buffer. When its turn comes, that is copied into the arrays of the desk, and what lay there
 * before goes back to its own buffer. It goes on with the same bits as if it had a desk to itself.
 */
import type { FleetModel } from '../../domain/fleet.ts';
import { type Form, formOf, pack, packedBytes, unpack } from './packed.ts';
import type { Own, RunningAggregate } from './running.ts';

/** A series at rest. */
interface Folder {
  readonly own: Own;
  readonly form: Form;
  /** In `form`, then what was live. */
  readonly image: ArrayBuffer;
}

interface Desk {
  readonly running: RunningAggregate;
  readonly pieces: readonly Uint8Array[];
  /** What lies on it; its folder is older where another step was observed since `openedAt`. */
  open: Folder | undefined;
  openedAt: number;
  /** By what they say: series with the same experts have the same form. */
  readonly forms: Map<string, Form>;
}

/**
 * @param running - of one series; nobody else may hold it
 * @param fleet - that its experts stand on
 * @returns that of its desk, with this series on it. Until the next call, for whichever series, it may be used
 */
export function shareDesk(running: RunningAggregate, fleet: FleetModel | undefined): () => RunningAggregate {
  const desk = deskOf(running, fleet);
  const folder = folderOf(desk, running);
  if (desk.running === running) desk.open = folder;
  else putAside(running, piecesOf(running), folder);
  return seatAt(desk, folder);
}

/** In a scope of its own: what it closes over is kept for as long as the series, and `running` must not be. */
function seatAt(desk: Desk, folder: Folder): () => RunningAggregate {
  return () => turnTo(desk, folder);
}

function folderOf({ forms, pieces }: Desk, running: RunningAggregate): Folder {
  const fresh = formOf(running.saveOthers());
  const key = JSON.stringify(fresh.entries);
  const form = forms.get(key) ?? fresh;
  forms.set(key, form);
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, packedBytes(form));
  return { own: running.own(), form, image: new ArrayBuffer(bytes) };
}

function turnTo(desk: Desk, folder: Folder): RunningAggregate {
  const { running, pieces, open, openedAt } = desk;
  if (open === folder) return running;
  // Should anything go wrong with one series, the others still find their turn.
  desk.open = undefined;
  if (open && running.next() !== openedAt) putAside(running, pieces, open);
  takeUp(running, pieces, folder);
  desk.open = folder;
  desk.openedAt = running.next();
  return running;
}

function putAside(running: RunningAggregate, pieces: Desk['pieces'], { form, image }: Folder): void {
  pack(form, running.saveOthers(), image);
  const bytes = new Uint8Array(image);
  let at = packedBytes(form);
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
}

function takeUp(running: RunningAggregate, pieces: Desk['pieces'], { own, form, image }: Folder): void {
  let at = packedBytes(form);
  for (const piece of pieces) {
    piece.set(new Uint8Array(image, at, piece.length));
    at += piece.length;
  }
  running.wake(own, unpack(form, image));
}

function piecesOf(running: RunningAggregate): Desk['pieces'] {
  return running.memory().map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
}

/** By fleet, then by layout. A desk lives as long as one of its series. */
const desks = new WeakMap<object, Map<string, WeakRef<Desk>>>();
const NO_FLEET = {};

/** The desk of the others of its layout; its own, where it is the first. */
function deskOf(running: RunningAggregate, fleet: FleetModel | undefined): Desk {
  const ofFleet = desks.get(fleet ?? NO_FLEET) ?? new Map<string, WeakRef<Desk>>();
  desks.set(fleet ?? NO_FLEET, ofFleet);
  const key = layoutOf(running);
  const known = ofFleet.get(key)?.deref();
  if (known) return known;
  for (const [other, desk] of ofFleet) if (!desk.deref()) ofFleet.delete(other);
  const desk: Desk = { running, pieces: piecesOf(running), open: undefined, openedAt: Number.NaN, forms: new Map() };
  ofFleet.set(key, new WeakRef(desk));
  return desk;
}

/** Everything that the objects of an aggregate are made of, beside what they remember and what is a series' own. */
function layoutOf({ settings }: RunningAggregate): string {
  const { stepMs, seasons, horizonSteps, clock, experts } = settings;
  return JSON.stringify([stepMs, seasons, horizonSteps, clock, experts.map(({ name }) => name)]);
}
