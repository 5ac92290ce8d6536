import { createHash } from 'node:crypto';

/** File systems allow 255 bytes; what is added for temporary and damaged files has to fit too. */
const LONGEST_NAME = 180;
export const SUFFIX = '.series';

/**
 * A file name for any key, without separators, leading dots or hidden meaning; readable as long as it fits. Different
 * keys have different names: what is cut off goes into a hash.
 */
export function fileName(key: string): string {
  const readable = encodeURIComponent(key).replace(/^\.+/, (dots) => dots.replaceAll('.', '%2E'));
  if (readable.length <= LONGEST_NAME) return `${readable}${SUFFIX}`;
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `${readable.slice(0, LONGEST_NAME - 33)}~${hash}${SUFFIX}`;
}
