/**
 * A process that dies at its nth call of the file system: that call does half of its work or none, all later ones nothing.
 * Calls of `node:fs/promises` are counted, and those of the files that it opens.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const calls = ['mkdir', 'open', 'readFile', 'readdir', 'rename', 'rm', 'stat'] as const;
type Call = (...given: unknown[]) => Promise<unknown>;
type Handle = Awaited<ReturnType<typeof fs.open>>;

class Died extends Error {}

/** @returns where it died, for example `rename`; undefined when the work was done before its nth call */
export function dieAtCall(n: number, work: () => Promise<void>): Promise<string | undefined> {
  return breakAtCall(n, work, (made) => made >= n);
}

/** As `dieAtCall`, for a process that lives on: one call fails, as on a full disk. */
export function failAtCall(n: number, work: () => Promise<void>): Promise<string | undefined> {
  return breakAtCall(n, work, (made) => made === n);
}

async function breakAtCall(
  n: number,
  work: () => Promise<void>,
  isBroken: (made: number) => boolean,
): Promise<string | undefined> {
  const real = { ...fs };
  const patched = fs as unknown as Record<string, Call>;
  let [made, diedAt] = [0, undefined as string | undefined];
  const alive = (name: string): void => {
    made += 1;
    if (!isBroken(made)) return;
    diedAt ??= name;
    throw new Died(diedAt);
  };
  const mortalFile = (file: Handle): Handle =>
    Object.assign(Object.create(file) as Handle, {
      writeFile: async (content: Uint8Array | string) => {
        if (made + 1 === n) await file.writeFile(content.slice(0, content.length / 2));
        alive('writeFile');
        await file.writeFile(content);
      },
      sync: async () => {
        alive('sync');
        await file.sync();
      },
      // The system closes the files of the dead.
      close: () => file.close(),
    });
  for (const name of calls) {
    const really = real[name] as Call;
    patched[name] = async (...given) => {
      alive(name);
      const answer = await really(...given);
      return name === 'open' ? mortalFile(answer as Handle) : answer;
    };
  }
  syncBuiltinESMExports();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Died)) throw error;
  } finally {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  }
  return diedAt;
}

/** Does `act` before the first read of a file whose name contains `part`, and then lets `work` go on. */
export async function beforeReading<T>(part: string, act: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  const { readFile } = fs;
  let pending: (() => Promise<void>) | undefined = act;
  const patched = fs as unknown as Record<string, Call>;
  patched['readFile'] = async (...given) => {
    const now = String(given[0]).includes(part) ? pending : undefined;
    if (now) pending = undefined;
    await now?.();
    return (readFile as Call)(...given);
  };
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    Object.assign(fs, { readFile });
    syncBuiltinESMExports();
  }
}
