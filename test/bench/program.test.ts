import { describe, expect, it } from 'vitest';
import { createProgram, type Requested } from './program.ts';

/** Parses a command line; nothing is measured. */
async function parse(line: string): Promise<{ requested?: Requested; report?: string[]; said: string }> {
  const parsed: { requested?: Requested; report?: string[]; said: string } = { said: '' };
  const say = (text: string): void => {
    parsed.said += text;
  };
  const program = createProgram({
    bench: async (requested) => {
      parsed.requested = requested;
    },
    report: ({ files }) => {
      parsed.report = files;
    },
  });
  for (const command of [program, ...program.commands]) command.configureOutput({ writeOut: say, writeErr: say });
  try {
    await program.parseAsync(line.split(' '), { from: 'user' });
  } catch (error) {
    parsed.said += (error as Error).message;
  }
  return parsed;
}

describe('the command line of the benchmarks', () => {
  it('takes options and gives the rest defaults', async () => {
    const { requested } = await parse('ingest --peer ming --rounds 3 --seconds 5 --json');
    expect(requested).toMatchObject({
      name: 'ingest',
      rounds: 3,
      json: true,
      options: { clients: 50, window: 20, seconds: 5, warmUpSeconds: 0, rate: 2400, telegraf: false, limits: false },
    });
    expect((await parse('alert-latency')).requested).toMatchObject({ rounds: 1, json: false, options: { rate: 500 } });
    expect((await parse('devices --minutes 1')).requested?.options).toEqual({
      devices: 10_000,
      minutes: 1,
      everySeconds: 10,
    });
    expect((await parse('agent --peers')).requested?.options).toEqual({ peers: true, minutes: 2 });
    expect((await parse('disk --peer ming')).requested?.rounds).toBe(3);
    expect((await parse('report a.json b.json')).report).toEqual(['a.json', 'b.json']);
  });

  it.each(['ingest', 'query', 'alert-latency', 'footprint', 'disk', 'start', 'devices', 'rules', 'agent'])(
    'knows %s',
    async (name) => {
      expect((await parse(name)).requested?.name).toBe(name);
      expect((await parse(`${name} --help`)).said).toContain(`npm run bench -- ${name}`);
    },
  );

  it('says in its help which way a ratio goes', async () => {
    expect((await parse('--help')).said).toContain('A ratio is ours divided by the peer');
  });

  it.each([
    ['ingest --rounds 0', 'expected a whole number from 1 to 100'],
    ['ingest --seconds 1.5', 'expected a whole number from 1 to 3600'],
    ['query --peer other', 'Allowed choices are ming'],
    ['devices --peer ming', "unknown option '--peer'"],
    ['footprint --nonsense', "unknown option '--nonsense'"],
    ['nonsense', "unknown command 'nonsense'"],
    ['ingest extra', 'too many arguments'],
    ['report', "missing required argument 'files'"],
  ])('refuses %s with the usage', async (line, message) => {
    const { requested, said } = await parse(line);
    expect(requested).toBeUndefined();
    expect(said).toContain(message);
    expect(said).toContain('Usage: npm run bench --');
  });
});
