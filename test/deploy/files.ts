/** Where the shipped files lie, and the parts of them that several tests look at. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export const root = join(import.meta.dirname, '..', '..');
export const deployFile = (...parts: string[]) => join(root, 'deploy', ...parts);

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly [name: string]: string };
  readonly labels: { readonly severity: string };
}

type Rule = Alert | { readonly record: string; readonly expr: string };

export function readRules(): readonly Rule[] {
  const file = parse(readFileSync(deployFile('alerts', 'forescale.rules.yaml'), 'utf8')) as {
    groups: { rules: Rule[] }[];
  };
  return file.groups.flatMap(({ rules }) => rules);
}

export function readAlerts(): readonly Alert[] {
  return readRules().filter((rule) => 'alert' in rule);
}

export interface DashboardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

export interface Dashboard {
  readonly panels: readonly DashboardPanel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(deployFile('grafana', 'forescale.json'), 'utf8')) as Dashboard;
}

/** Every document of a YAML text. */
export function documents<T>(text: string): readonly T[] {
  return parseAllDocuments(text).map((document) => document.toJS() as T);
}
