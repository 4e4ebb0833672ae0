// Draws the dashboard and looks at it as somebody would who has it before them: has every panel its title, its unit, its figure or lines,
// and each line its name? What was seen, and what is wrong, is left in the element `verdict`, as JSON in base64.
import React from 'react';
import { createRoot } from 'react-dom/client';
import 'uplot/dist/uPlot.min.css';
import { DataFrame, getFieldDisplayName, getValueFormatterIndex, ThemeContext } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import dashboard from './dashboard.json';
import { Panel, theme } from './panel';
import { ask } from './queries';

const panels: any[] = dashboard.panels;
const complaints: string[] = [];
const complainOf = (panel: any) => (what: string) => { complaints.push(`${panel.title}: ${what}`); };

/** Axes and grid are grey: how far apart red, green and blue of a line are at least. */
const COLOURFUL = 60;

function isDrawn(canvas: HTMLCanvasElement | null): boolean {
  if (!canvas || canvas.width === 0 || canvas.height === 0) {
    return false;
  }
  const rgba = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 0; i < rgba.length; i += 4) {
    const [red, green, blue, alpha] = rgba.subarray(i, i + 4);
    if (alpha > 0 && Math.max(red, green, blue) - Math.min(red, green, blue) >= COLOURFUL) {
      return true;
    }
  }
  return false;
}

function look(panel: any, frames: DataFrame[]): string {
  const complain = complainOf(panel);
  const place = document.getElementById(`panel-${panel.id}`)!;
  const text = place.innerText.replace(/\s+/g, ' ');
  const unit = panel.fieldConfig.defaults.unit;
  if (!getValueFormatterIndex()[unit]) complain(`Grafana has no unit ${unit}`);
  if (!text.startsWith(panel.title)) complain(`no title in "${text}"`);
  const content = text.slice(panel.title.length).trim();
  if (frames.length === 0) {
    if (content !== 'No data') complain(`no data, and "${content}"`);
  } else if (panel.type === 'stat') {
    if (!/^-?\d/.test(content)) complain(`no figure in "${content}"`);
  } else {
    if (!isDrawn(place.querySelector('canvas'))) complain('nothing is drawn');
    const names = frames.map((frame) => getFieldDisplayName(frame.fields[1], frame, frames));
    if (new Set(names).size < names.length) complain(`lines of one name: ${names}`);
    names.filter((name) => name === 'Value' || !content.includes(name)).forEach((name) => complain(`no ${name} in "${content}"`));
  }
  return `${panel.title}: ${content}`;
}

async function drawAndLook(): Promise<string[]> {
  const frames = await Promise.all(panels.map(async (panel) => (await Promise.all((panel.targets ?? []).map(ask))).flat() as DataFrame[]));
  const page = document.body.appendChild(document.createElement('div'));
  createRoot(page).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      {panels.map((panel, i) => <Panel key={panel.id} panel={panel} frames={frames[i]} complain={complainOf(panel)} />)}
    </ThemeContext.Provider>);
  await new Promise((drawn) => setTimeout(drawn, 3000)); // the browser's time runs ahead while nothing happens
  return panels.flatMap((panel, i) => (panel.type === 'row' ? [] : [look(panel, frames[i])]));
}

function leave(seen: string[]) {
  const verdict = document.body.appendChild(document.createElement('pre'));
  verdict.id = 'verdict';
  verdict.hidden = true;
  verdict.textContent = btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify({ seen, complaints }))));
}

window.addEventListener('error', (event) => complaints.push(event.message));
drawAndLook().catch((error) => { complaints.push(`${error}`); return []; }).then(leave);
