import { Type } from '#typebox';
import { Compile } from '#typebox/compile';

/** One line of testssl.sh's JSON (testssl(1), `--jsonfile`). */
export interface Finding {
  id: string;
  severity: string;
  finding: string;
}

const validator = Compile(
  Type.Array(Type.Object({ id: Type.String(), severity: Type.String(), finding: Type.String() })),
);

/** What testssl.sh calls worse than low. */
const aboveLow: readonly string[] = ['MEDIUM', 'HIGH', 'CRITICAL', 'FATAL'];
/** A run that has looked at this little has not looked: the port was closed, or the tool failed. */
const LEAST_FINDINGS = 50;

/**
 * The findings worse than low in what testssl.sh has written.
 * @throws Error when it has hardly looked at anything
 */
export function badFindings(json: string): Finding[] {
  const findings = validator.Parse(JSON.parse(json));
  if (findings.length < LEAST_FINDINGS) {
    throw new Error(`expected at least ${LEAST_FINDINGS} findings of testssl.sh, got ${findings.length}`);
  }
  return findings.filter(({ severity }) => aboveLow.includes(severity));
}
