import { Type } from '#typebox';
import { Compile } from '#typebox/compile';

/** A known fault of a package, as a registry tells it. */
export interface Advisory {
  package: string;
  /** `GHSA-…`, or the address of one that has no such name. */
  id: string;
  title: string;
  severity: string;
  /** Where the package is installed. */
  paths: readonly string[];
}

/** An advisory that somebody has looked at and that cannot be reached in the product: an entry of accepted-advisories.json. */
export interface Acceptance {
  package: string;
  advisory: string;
  /** Why it is not reachable. */
  why: string;
  /** The day on which that was looked at, `2026-01-31`. */
  reviewed: string;
}

const severities = ['info', 'low', 'moderate', 'high', 'critical'] as const;
/** From here on an advisory has to be answered. */
const answered: readonly string[] = ['high', 'critical'];

const fault = Type.Object({
  title: Type.String(),
  url: Type.String(),
  severity: Type.Enum([...severities]),
});
/** What `npm audit --json` prints: `auditReportVersion` 2 of npm 7 and later. */
const report = Compile(
  Type.Object({
    auditReportVersion: Type.Literal(2),
    vulnerabilities: Type.Record(
      Type.String(),
      // A name stands for a package that has a fault by needing another.
      Type.Object({
        name: Type.String(),
        nodes: Type.Array(Type.String()),
        via: Type.Array(Type.Union([Type.String(), fault])),
      }),
    ),
  }),
);
/** What it prints where the registry does not answer it. */
const failure = Compile(Type.Object({ message: Type.String({ minLength: 1 }), error: Type.Object({}) }));
const acceptances = Compile(
  Type.Array(
    Type.Object(
      {
        package: Type.String({ minLength: 1 }),
        advisory: Type.String({ minLength: 1 }),
        why: Type.String({ minLength: 20 }),
        reviewed: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
      },
      { additionalProperties: false },
    ),
  ),
);

/**
 * Reads what `npm audit --json` printed.
 * @returns the advisories, or why there is no answer
 * @throws Error for a text of neither form: an answer that is not understood is not a good one
 */
export function parseAudit(text: string): { advisories: Advisory[] } | { noAnswer: string } {
  const value: unknown = JSON.parse(text);
  if (failure.Check(value)) return { noAnswer: value.message };
  if (!report.Check(value)) {
    throw new Error(`expected the report of npm audit, version 2, got ${text.slice(0, 200)}`);
  }
  const advisories = Object.values(value.vulnerabilities).flatMap(({ name, nodes, via }) =>
    via.flatMap((cause) =>
      typeof cause === 'string'
        ? []
        : [{ package: name, id: idOf(cause.url), title: cause.title, severity: cause.severity, paths: nodes }],
    ),
  );
  return { advisories };
}

function idOf(url: string): string {
  return /GHSA(-[23456789cfghjmpqrvwx]{4}){3}$/.exec(url)?.[0] ?? url;
}

/** Reads accepted-advisories.json. @throws Error for an entry without its reason or its date */
export function parseAcceptances(text: string): Acceptance[] {
  const value: unknown = JSON.parse(text);
  if (!acceptances.Check(value)) {
    throw new Error(`accepted-advisories.json: ${JSON.stringify(acceptances.Errors(value)[0])}`);
  }
  return value;
}

export interface Judgement {
  /** High or critical, and nobody has said why it does not matter. */
  open: Advisory[];
  /** High or critical, with a reason. */
  accepted: Advisory[];
  /** Reasons for what is no longer there: they are to be taken out. */
  stale: Acceptance[];
}

/** @param deliveredAt paths of the packages that are delivered: what only developers have is not judged */
export function judge(
  advisories: readonly Advisory[],
  accepted: readonly Acceptance[],
  deliveredAt: ReadonlySet<string>,
): Judgement {
  const grave = advisories.filter(
    ({ severity, paths }) => answered.includes(severity) && paths.some((path) => deliveredAt.has(path)),
  );
  const isAbout = (one: Acceptance, { package: name, id }: Advisory): boolean =>
    one.package === name && one.advisory === id;
  return {
    open: grave.filter((advisory) => !accepted.some((one) => isAbout(one, advisory))),
    accepted: grave.filter((advisory) => accepted.some((one) => isAbout(one, advisory))),
    stale: accepted.filter((one) => !grave.some((advisory) => isAbout(one, advisory))),
  };
}
