import { describe, expect, it } from 'vitest';
import { isRejection } from '../../../contract/payload.ts';
import { parseTelemetry } from '../../../contract/telemetry.ts';
import { PooledValues, WalkedValues } from './field-values.ts';
import { CALM, encodeBatch, FIELD_VALUES, MachineMetrics, metricNames } from './machine-metrics.ts';

const sample = { sequence: 7, time: Date.UTC(2026, 2, 1), watched: CALM };

/** `name,site=s,device=d a=1,b=2 TIME` → fields. */
function fieldsOfLine(line: string): Record<string, number> {
  const [, fields = ''] = line.split(' ');
  return Object.fromEntries(fields.split(',').map((field) => [field.split('=')[0], Number(field.split('=')[1])]));
}

describe('machine metrics', () => {
  it('are a message of the contract, with a number that tells it from repeated ones', () => {
    const metrics = new MachineMetrics({ site: 'school', device: 'd-0001' }, new PooledValues(1));
    const telemetry = parseTelemetry(
      Buffer.from(encodeBatch(metrics.metrics(sample), { boot: 'benchmark', seq: 7 })),
      sample.time,
    );
    if (isRejection(telemetry)) throw new Error(telemetry.detail);
    expect(telemetry).toMatchObject({ boot: 'benchmark', seq: 7 });
    expect(telemetry.metrics.map(({ name }) => name)).toEqual(metricNames);
    expect(telemetry.metrics.flatMap(({ fields }) => Object.keys(fields))).toHaveLength(FIELD_VALUES);
    expect(telemetry.metrics.every(({ fields, timestamp }) => fields['seq'] === 7 && timestamp === sample.time)).toBe(
      true,
    );
  });

  it.each([
    ['pooled', () => new PooledValues(3)],
    ['walked', () => new WalkedValues(3)],
  ])('say the same in line protocol as in JSON, %s', (_name, values) => {
    const json = new MachineMetrics({ site: 'school', device: 'd-0003' }, values()).metrics(sample);
    const lines = new MachineMetrics({ site: 'school', device: 'd-0003' }, values()).lines(sample).split('\n');
    const { metrics } = JSON.parse(`{"metrics":[${json}]}`) as { metrics: { name: string; fields: object }[] };
    expect(lines.map((line) => line.split(',')[0])).toEqual(metrics.map(({ name }) => name));
    expect(lines.map(fieldsOfLine)).toEqual(metrics.map(({ fields }) => fields));
    expect(lines.every((line) => line.endsWith(` ${sample.time}`))).toBe(true);
  });

  it('differ from device to device and from sample to sample', () => {
    const texts = [0, 1].flatMap((device) =>
      [1, 2].map((sequence) =>
        new MachineMetrics({ site: 's', device: 'd' }, new WalkedValues(device)).lines({ ...sample, sequence }),
      ),
    );
    const withoutSequence = texts.map((text) => text.replaceAll(/(seq|uptime_seconds)=\d+/g, ''));
    expect(new Set([withoutSequence[0], withoutSequence[2]]).size).toBe(2);
    const walked = new MachineMetrics({ site: 's', device: 'd' }, new WalkedValues(0));
    expect(walked.lines({ ...sample, sequence: 1 })).not.toBe(walked.lines({ ...sample, sequence: 2 }));
  });

  it('can be some of the metrics', () => {
    const metrics = new MachineMetrics({ site: 's', device: 'd' }, new PooledValues(0), ['cpu']);
    expect(metrics.lines(sample)).toMatch(/^cpu,site=s,device=d seq=7,usage_user=[\d.]+,.* \d+$/);
  });
});
