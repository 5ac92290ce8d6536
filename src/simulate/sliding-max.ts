/** Largest value of the newest entries of a stream, each entry O(1) on average (a queue of descending values). */
export interface SlidingMax {
  /** @param position - ascending from call to call */
  push(position: number, value: number): void;
  /** Largest value at or behind `oldest`; undefined when there is none. Entries before it are forgotten. */
  since(oldest: number): number | undefined;
}

export function createSlidingMax(): SlidingMax {
  let positions: number[] = [];
  let values: number[] = [];
  let head = 0;
  return {
    push(position, value) {
      while (values.length > head && values[values.length - 1]! <= value) {
        values.pop();
        positions.pop();
      }
      positions.push(position);
      values.push(value);
    },
    since(oldest) {
      while (head < positions.length && positions[head]! < oldest) head++;
      if (head > 1024 && head > positions.length / 2) {
        positions = positions.slice(head);
        values = values.slice(head);
        head = 0;
      }
      return values[head];
    },
  };
}
