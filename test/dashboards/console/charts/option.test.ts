import { describe, expect, it } from 'vitest';
import {
  type ChartModel,
  chartOption,
  lineSummary,
  sparkPath,
} from '../../../../dashboards/console/src/charts/option.ts';
import { darkPalette, lightPalette, lineColour } from '../../../../dashboards/console/src/charts/palette.ts';

const model: ChartModel = {
  lines: [
    {
      name: 'down',
      colour: '#111',
      points: [
        [0, 1],
        [1, null],
      ],
    },
    {
      name: 'up',
      colour: '#222',
      points: [
        [0, 2],
        [1, null],
      ],
      mirrored: true,
    },
  ],
  from: 0,
  to: 10,
  format: (value) => `${value} u`,
  clock: (time) => `t${time}`,
};

describe('chartOption', () => {
  it('draws mirrored lines below zero and labels them with their size', () => {
    const option = chartOption(model, lightPalette);
    expect(option).toMatchObject({
      xAxis: { min: 0, max: 10 },
      series: [
        {
          data: [
            [0, 1],
            [1, null],
          ],
        },
        {
          data: [
            [0, -2],
            [1, null],
          ],
        },
      ],
    });
    const { yAxis } = option as { yAxis: { axisLabel: { formatter: (value: number) => string } } };
    expect(yAxis.axisLabel.formatter(-5)).toBe('5 u');
  });

  it('shows values below zero as they are where no line is mirrored', () => {
    const points: [number, number][] = [
      [0, -104],
      [1, -87],
    ];
    const option = chartOption(
      { ...model, lines: [{ name: 'RSRP', colour: '#111', points, dashed: true }] },
      lightPalette,
    );
    expect(option).toMatchObject({
      yAxis: { min: -105, max: -85, interval: 5 },
      series: [{ lineStyle: { type: 'dashed' } }],
    });
    const { yAxis } = option as { yAxis: { axisLabel: { formatter: (value: number) => string } } };
    expect(yAxis.axisLabel.formatter(-90)).toBe('-90 u');
  });

  it('takes its colours from the palette', () => {
    expect(chartOption(model, darkPalette)).toMatchObject({ xAxis: { axisLabel: { color: darkPalette.text } } });
    expect(lineColour(lightPalette, 8)).toBe(lightPalette.lines[0]);
  });
});

describe('lineSummary', () => {
  it('tells latest, lowest and highest, and nothing of an empty line', () => {
    expect(
      lineSummary([
        [0, 3],
        [1, null],
        [2, 7],
        [3, 5],
      ]),
    ).toEqual({ last: 5, min: 3, max: 7 });
    expect(lineSummary([[0, null]])).toBeUndefined();
  });
});

describe('sparkPath', () => {
  it('spans the box and breaks at gaps', () => {
    expect(
      sparkPath(
        [
          [0, 0],
          [5, 10],
          [6, null],
          [10, 0],
        ],
        100,
        22,
      ),
    ).toBe('M0.0 22.0L50.0 2.0M100.0 22.0');
  });

  it('is empty for less than two values', () => {
    expect(sparkPath([], 100, 20)).toBe('');
    expect(sparkPath([[0, 1]], 100, 20)).toBe('');
  });
});
