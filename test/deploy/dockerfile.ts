/** Reads a Dockerfile into stages of instructions: what the tests need to play it without an engine. */

export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

export interface Stage {
  readonly from: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

export interface Copy {
  /** Another stage; undefined for the build context. */
  readonly from?: string;
  readonly sources: readonly string[];
  readonly destination: string;
}

export interface Dockerfile {
  /** ARGs before the first FROM. */
  readonly args: ReadonlyMap<string, string>;
  readonly stages: readonly Stage[];
}

function instructions(text: string): readonly Instruction[] {
  const kept = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const whole = kept.join('\n').replace(/\\\n/g, ' ');
  return whole
    .split('\n')
    .map((line) => /^(\w+)\s+(.*)$/.exec(line.trim()))
    .flatMap((match) => (match ? [{ name: match[1]!.toUpperCase(), rest: match[2]!.replace(/\s+/g, ' ') }] : []));
}

export function parseDockerfile(text: string): Dockerfile {
  const args = new Map<string, string>();
  const stages: { from: string; name: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructions(text)) {
    const { name, rest } = instruction;
    if (name === 'FROM') {
      const [from, , alias] = rest.replace(/\$\{(\w+)\}/g, (_, arg: string) => args.get(arg) ?? '').split(' ');
      stages.push({ from: from!, name: alias ?? String(stages.length), instructions: [] });
    } else if (stages.length === 0) {
      const [key, value] = rest.split('=');
      args.set(key!, value ?? '');
    } else stages.at(-1)!.instructions.push(instruction);
  }
  return { args, stages };
}

export function copiesOf({ instructions: all }: Stage): readonly Copy[] {
  return all
    .filter(({ name }) => name === 'COPY')
    .map(({ rest }) => {
      const words = rest.split(' ');
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
      const paths = words.filter((word) => !word.startsWith('--'));
      return { ...(from !== undefined && { from }), sources: paths.slice(0, -1), destination: paths.at(-1)! };
    });
}

/** The last instruction of that name; undefined when there is none. */
export function lastOf(stage: Stage, name: string): string | undefined {
  return stage.instructions.findLast((instruction) => instruction.name === name)?.rest;
}

/** ENV of the stage, all `key=value` pairs together. */
export function environmentOf(stage: Stage): { readonly [name: string]: string } {
  const pairs = stage.instructions.filter(({ name }) => name === 'ENV').flatMap(({ rest }) => rest.split(' '));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/**
 * Whether .dockerignore lets a path of the context through. The last matching line decides; a line names a path and all
 * beneath it, `*` everything. Other wildcards are not understood and throw.
 */
export function isInContext(dockerignore: string, path: string): boolean {
  const lines = dockerignore.split('\n').map((line) => line.trim());
  let ignored = false;
  for (const line of lines.filter((line) => line !== '' && !line.startsWith('#'))) {
    const pattern = line.replace(/^!/, '');
    if (pattern !== '*' && pattern.includes('*')) throw new Error(`.dockerignore: ${line}`);
    if (pattern === '*' || path === pattern || path.startsWith(`${pattern}/`)) ignored = !line.startsWith('!');
  }
  return !ignored;
}
