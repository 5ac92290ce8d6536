/** Shares of one rate in another. */

/**
 * `part` of `whole`, both of the same labels. A whole of nothing, known to be nothing, has no part; a whole that is
 * missing has no share at all. The least whole is far below one request in any window.
 */
export function share(part: string, whole: string): string {
  return `${part}
/
clamp_min(${whole}, 1e-9)`;
}

/** Counters of an outcome are there only once it happened: until then its rate is 0 where others of the family are counted. */
export function countedOrZero(counted: string, family: string): string {
  return `${counted}
  or
  0 * (
  ${family}
  )`;
}
