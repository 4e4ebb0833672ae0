// A panel as Grafana draws it, by Grafana's own components.
import React from 'react';
import {
  applyFieldOverrides, createTheme, DataFrame, FieldConfigOptionsRegistry, FieldConfigSource, getFieldDisplayValues, ThresholdsMode,
} from '@grafana/data';
import { BigValue, BigValueGraphMode, BigValueTextMode, PanelChrome, TimeSeries } from '@grafana/ui';
import { interpolate, timeRange } from './queries';

export const theme = createTheme({ colors: { mode: 'light' } });

const WIDTH = 1600, COLUMNS = 24, ROW_HEIGHT = 38, GAP = 8;

// Of what the JSON leaves out Grafana takes these.
const STANDARD = ['unit', 'min', 'max', 'decimals', 'color', 'noValue', 'mappings', 'thresholds'];
const THRESHOLDS = { mode: ThresholdsMode.Absolute, steps: [{ value: -Infinity, color: 'green' }, { value: 80, color: 'red' }] };
const CUSTOM: Record<string, unknown> = {
  drawStyle: 'line', lineInterpolation: 'linear', barAlignment: 0, lineWidth: 1, fillOpacity: 0, gradientMode: 'none', spanNulls: false,
  insertNulls: false, showPoints: 'auto', pointSize: 5, stacking: { mode: 'none', group: 'A' }, axisPlacement: 'auto', axisLabel: '',
  axisColorMode: 'text', axisBorderShow: false, scaleDistribution: { type: 'linear' }, axisCenteredZero: false,
  hideFrom: { tooltip: false, viz: false, legend: false }, thresholdsStyle: { mode: 'off' },
};

const property = (path: string, isCustom: boolean): any => ({
  id: isCustom ? `custom.${path}` : path, path, name: path, isCustom, editor: () => null, override: () => null,
  process: (value: unknown) => value, shouldApply: () => true,
});
const fieldConfigRegistry = new FieldConfigOptionsRegistry(() =>
  [...STANDARD.map((path) => property(path, false)), ...Object.keys(CUSTOM).map((path) => property(path, true))]);

function fieldConfigOf(panel: any): FieldConfigSource {
  const { defaults, overrides } = panel.fieldConfig;
  const series = panel.type === 'timeseries';
  const color = { mode: series ? 'palette-classic' : 'thresholds' };
  const custom = series ? { ...CUSTOM, ...defaults.custom } : {};
  return { overrides, defaults: { thresholds: THRESHOLDS, color, ...defaults, custom } };
}

interface ContentProps { panel: any; frames: DataFrame[]; width: number; height: number }

function Content({ panel, frames, width, height }: ContentProps) {
  const fieldConfig = fieldConfigOf(panel);
  const known = { fieldConfig, replaceVariables: interpolate, theme, timeZone: 'utc' };
  const data = applyFieldOverrides({ ...known, data: frames, fieldConfigRegistry });
  if (data.length === 0) {
    return <div style={{ textAlign: 'center', paddingTop: height / 2 - 10 }}>No data</div>;
  }
  if (panel.type === 'timeseries') {
    return <TimeSeries frames={data} timeRange={timeRange} timeZone="utc" width={width} height={height} legend={panel.options.legend}
      options={panel.options} />;
  }
  const [first] = getFieldDisplayValues({ ...known, data, reduceOptions: panel.options.reduceOptions, sparkline: true });
  return <BigValue width={width} height={height} theme={theme} value={first.display} sparkline={first.sparkline}
    colorMode={panel.options.colorMode} graphMode={BigValueGraphMode.Area} textMode={BigValueTextMode.Value} />;
}

/** Hears of what goes wrong while a panel is drawn. */
class Drawn extends React.Component<{ complain: (what: string) => void; children: React.ReactNode }, { failed: boolean }> {
  state = { failed: false };
  static getDerivedStateFromError() { return { failed: true }; }
  componentDidCatch(error: Error) { this.props.complain(`${error}`); }
  render() { return this.state.failed ? null : this.props.children; }
}

interface PanelProps { panel: any; frames: DataFrame[]; complain: (what: string) => void }

/** A panel in its place, or the title of a row. */
export function Panel({ panel, frames, complain }: PanelProps) {
  const { x, y, w, h } = panel.gridPos;
  const width = (w * WIDTH) / COLUMNS - GAP, height = h * ROW_HEIGHT - GAP;
  const place: React.CSSProperties = { position: 'absolute', left: (x * WIDTH) / COLUMNS + GAP / 2, top: y * ROW_HEIGHT, width, height };
  return panel.type === 'row' ? <h4 style={place}>{panel.title}</h4> : (
    <div style={place} id={`panel-${panel.id}`}>
      <PanelChrome title={panel.title} width={width} height={height}>
        {(innerWidth, innerHeight) =>
          <Drawn complain={complain}><Content panel={panel} frames={frames} width={innerWidth} height={innerHeight} /></Drawn>}
      </PanelChrome>
    </div>);
}
