// What the data source of Grafana does: asks Prometheus, and makes frames of its answers.
import { DataFrame, dateTime, FieldType, TimeRange } from '@grafana/data';

declare const PROMETHEUS: string; // its address, set by the bundler

const RANGE_SECONDS = 120;
const STEP_SECONDS = 2;
const VARIABLES: Record<string, string> = { __rate_interval: '10s', job: '.*', instance: '.*', device: '.*' };

const end = Date.now();
const from = dateTime(end - RANGE_SECONDS * 1000);
const to = dateTime(end);

export const timeRange: TimeRange = { from, to, raw: { from, to } };

/** With the dashboard's variables put in. */
export function interpolate(text: string): string {
  return text.replace(/\$\{?(\w+)\}?/g, (whole, name) => VARIABLES[name] ?? whole);
}

/** A frame for every series that the query has. */
export async function ask(target: { expr: string; legendFormat?: string; refId: string }): Promise<DataFrame[]> {
  const body = new URLSearchParams({
    query: interpolate(target.expr), start: `${end / 1000 - RANGE_SECONDS}`, end: `${end / 1000}`, step: `${STEP_SECONDS}` });
  const answer = await fetch(`${PROMETHEUS}/api/v1/query_range`, { method: 'POST', body });
  const said = await answer.json();
  if (said.status !== 'success') {
    throw new Error(`${target.expr}: ${said.error}`);
  }
  return said.data.result.map((series: any) => frameOf(target, series));
}

function frameOf(target: any, { metric, values }: { metric: Record<string, string>; values: [number, string][] }): DataFrame {
  const name = target.legendFormat?.replace(/\{\{\s*(\w+)\s*\}\}/g, (_: string, label: string) => metric[label] ?? '');
  return {
    refId: target.refId,
    length: values.length,
    fields: [
      { name: 'Time', type: FieldType.time, config: { interval: STEP_SECONDS * 1000 }, values: values.map(([at]) => at * 1000) },
      { name: 'Value', type: FieldType.number, config: { displayNameFromDS: name || undefined }, labels: metric,
        values: values.map(([, value]) => Number(value)) },
    ],
  };
}
