import { describe, expect, it } from 'vitest';
import { SpoolAcknowledgements } from '../../gateway/spool-acknowledgements.ts';

function recording() {
  const told: [number, string][] = [];
  const failures: string[] = [];
  const acknowledgements = new SpoolAcknowledgements(
    {
      acknowledge: async (position, consumer) => {
        if (position === 13) throw new Error('disk');
        told.push([position, consumer]);
      },
    },
    (error) => failures.push(error.message),
  );
  return { acknowledgements, told, failures };
}

describe('what the stores have taken', () => {
  it('is told at once', () => {
    const { acknowledgements, told } = recording();
    acknowledgements.acknowledge(5, 'duckdb');
    acknowledgements.acknowledge(3, 'influxdb://host/db');
    expect(told).toEqual([
      [5, 'duckdb'],
      [3, 'influxdb://host/db'],
    ]);
  });

  it('is told after the last hold is released, the newest of each store', () => {
    const { acknowledgements, told } = recording();
    const [first, second] = [acknowledgements.hold(), acknowledgements.hold()];
    for (const position of [5, 6, 7]) acknowledgements.acknowledge(position, 'duckdb');
    first();
    first();
    acknowledgements.acknowledge(4, 'influxdb://host/db');
    expect(told).toEqual([]);
    second();
    expect(told).toEqual([
      [7, 'duckdb'],
      [4, 'influxdb://host/db'],
    ]);
    acknowledgements.acknowledge(8, 'duckdb');
    expect(told).toHaveLength(3);
  });

  it('that the spool cannot note is said, and the next is told all the same', async () => {
    const { acknowledgements, told, failures } = recording();
    acknowledgements.acknowledge(13, 'duckdb');
    await Promise.resolve();
    acknowledgements.acknowledge(14, 'duckdb');
    expect({ told, failures }).toEqual({ told: [[14, 'duckdb']], failures: ['disk'] });
  });
});
