/** README and docs/ taken apart into what they claim: commands, links, names. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../deploy/files.ts';

export interface Guide {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export const guides: readonly Guide[] = ['README.md', 'models/README.md', ...inFolder('docs')].map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));

function inFolder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return inFolder(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Lines of indented blocks and of code within lines, continuations joined and comments cut off; fences hold output. */
export function codeOf({ text }: Guide): readonly string[] {
  const unfenced = text.replaceAll(/```[\s\S]*?```/g, '');
  const joined = unfenced.replaceAll(/\\\n\s*/g, '');
  const blocks = [...joined.matchAll(/^ {4}(\S.*)$/gm)].map(([, line]) => line!);
  const inline = [...joined.matchAll(/`([^`]+)`/g)].map(([, code]) => code!.replaceAll('\n', ' '));
  return [...blocks, ...inline].map((code) => code.replace(/\s+#.*$/, ''));
}

export interface Invocation {
  readonly command: string;
  readonly flags: readonly string[];
}

/** Calls of forescale, from a checkout, installed, or in a pod; text that goes on after a pipe is none of theirs. */
export function invocationsIn(code: string): readonly Invocation[] {
  return code.split(/[|&;]+/).flatMap((part) => {
    const call = /(?:^|\s)(?:npm run -s forescale -- |forescale )([a-z]+)((?:\s.*)?)$/.exec(part.trim());
    if (!call) return [];
    const flags = [...call[2]!.matchAll(/(?:^|\s)(--?[a-z][\w-]*)/g)].map(([, flag]) => flag!);
    return [{ command: call[1]!, flags }];
  });
}

export function npmScriptsIn(code: string): readonly string[] {
  const run = [...code.matchAll(/\bnpm run (?:-s |--silent )?([\w:-]+)/g)].map(([, script]) => script!);
  return [...run, ...[...code.matchAll(/\bnpm (start|test)\b/g)].map(([, script]) => script!)];
}
