import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../../../contract/errors.ts';
import { writePrivateFile } from '../../../runtime/home.ts';

const Count = Type.Integer({ minimum: 0 });

/** How far a measurement has been copied. */
const Progress = Type.Object(
  {
    measurement: Type.String(),
    /** Everything before this moment, ms, is in the target to stay. */
    next: Type.Integer(),
    done: Type.Boolean(),
    points: Count,
    skipped: Count,
  },
  { additionalProperties: false },
);
export type MeasurementProgress = Static<typeof Progress>;

/** What is kept of a copy between its runs. It holds no secret: locations are named without them. */
const CopyState = Type.Object(
  {
    version: Type.Literal(1),
    from: Type.String(),
    to: Type.String(),
    /** What was asked for: measurements (none for all) and the first moment. */
    asked: Type.Object(
      {
        measurements: Type.Array(Type.String()),
        since: Type.Integer(),
        until: Type.Union([Type.Integer(), Type.Null()]),
      },
      { additionalProperties: false },
    ),
    /** The end of what is copied, ms: as asked for, else the moment when the copy began. */
    until: Type.Integer(),
    startedAt: Type.Integer(),
    progress: Type.Array(Progress),
  },
  { additionalProperties: false },
);
export type CopyState = Static<typeof CopyState>;
const copyState = Compile(CopyState);

/** The file that keeps the state of a copy: one for each pair of stores. */
export function copyStateFile(gatewayDir: string, from: string, to: string): string {
  const name = createHash('sha256').update(`${from}\n${to}`).digest('hex').slice(0, 8);
  return join(gatewayDir, `store-copy-${name}.json`);
}

/**
 * The state that an earlier run left; undefined when there is none.
 * @throws CampusError `state_conflict` for a file that cannot be what this product wrote
 */
export function readCopyState(file: string): CopyState | undefined {
  if (!existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (copyState.Check(value)) return value;
  throw new CampusError('state_conflict', `${file}: expected the state of a copy, got something else: use --restart`);
}

export function writeCopyState(file: string, state: CopyState): void {
  writePrivateFile(file, `${JSON.stringify(state)}\n`);
}

export function removeCopyState(file: string): void {
  rmSync(file, { force: true });
}
