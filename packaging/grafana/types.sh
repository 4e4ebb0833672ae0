#!/bin/sh
# Holds the dashboard against the types that Grafana publishes of its dashboards, panels and queries: what it would not understand, or
# silently leave out, is an error. Needs npm, and fetches two packages of it.
#   packaging/grafana/types.sh
set -eu
cd "$(dirname "$0")/../.."
. packaging/requirements.sh
need npm=npm jq=jq
work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-grafana.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

cat >"$work/dashboard.ts" <<'END'
import type { Dashboard, DataQuery, FieldConfig, FieldConfigSource, Panel, RowPanel } from '@grafana/schema';
import type { Options as timeseries, FieldConfig as timeseriesField } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type { Options as stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';

// As in JSON, where a constant is its text.
type Plain<T> = T extends string ? `${T}` : T extends number | boolean ? T : T extends (infer E)[] ? Plain<E>[]
  : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
type Query = DataQuery & { expr: string; legendFormat?: string; range?: boolean; instant?: boolean; format?: 'time_series' | 'table' | 'heatmap' };
// Of what a panel has by default nothing need be said.
type Fields<Field> = Omit<FieldConfigSource, 'defaults'> & { defaults: Omit<FieldConfig, 'custom'> & { custom?: Partial<Field> } };
type Of<Options, Field> = {
  [K in keyof Panel]: K extends 'targets' ? Plain<Query>[] : K extends 'options' ? Plain<Partial<Options>>
    : K extends 'fieldConfig' ? Plain<Fields<Field>> : Plain<Panel[K]> };
type row = Plain<RowPanel>;
type timeseriesPanel = Of<timeseries, timeseriesField>;
type statPanel = Of<stat, {}>;

END
jq -r '"export const dashboard: Plain<Dashboard> = \(del(.panels));",
  (.panels[] | "export const panel\(.id): \(if .type == "row" then "row" else .type + "Panel" end) = \(tojson);")' \
  packaging/grafana/overlaybd.json >>"$work/dashboard.ts"

cd "$work"
npm install --silent --no-audit --no-fund --no-save --prefix . @grafana/schema@13.2.3 typescript@7.0.2 >npm.log 2>&1 || die "npm: $(tail -n 3 npm.log)"
node_modules/.bin/tsc --noEmit --strict --skipLibCheck --module nodenext --moduleResolution nodenext --target es2022 dashboard.ts >said ||
  die "the dashboard is not what Grafana reads: $(head -n 5 said | cut -c1-300)"
say "types.sh: $(grep -c '^export const panel' dashboard.ts) panels of the dashboard are what Grafana's types ask for"
