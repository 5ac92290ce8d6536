/** What a PromQL expression of ours names: enough to hold it against the list of metrics, without a parser. */

export interface Selector {
  /** As it stands in the expression, with the suffix of a histogram. */
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly value: string }[];
}

export function selectorsIn(expr: string): readonly Selector[] {
  return [...expr.matchAll(/\b(forescale_[a-z_]+)\b(?:\{([^}]*)\})?/g)].map(([, metric, body = '']) => ({
    metric: metric!,
    matchers: [...body.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)].map(([, label, value]) => ({
      label: label!,
      value: value!,
    })),
  }));
}

/** Labels that results are grouped or matched by. */
export function groupingsIn(expr: string): readonly string[] {
  const lists = [...expr.matchAll(/\b(?:by|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g)];
  return lists.flatMap(([, list]) => list!.split(',').map((label) => label.trim())).filter((label) => label !== '');
}

/** Labels that a legend or a message shows: `{{state}}`, `{{ $labels.name }}`. */
export function labelsShownBy(template: string): readonly string[] {
  return [...template.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label]) => label!);
}
