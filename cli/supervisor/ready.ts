import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';

/** What a process tells its supervisor over IPC when it is ready; the gateway adds where its console is. */
const Ready = Type.Object({
  ready: Type.Literal(true),
  url: Type.Optional(Type.String()),
  /** The same for other machines. */
  networkUrl: Type.Optional(Type.String()),
  /** The generated administrator's password, on the first run only. It travels here so that no log ever holds it. */
  adminPassword: Type.Optional(Type.String()),
});
export type Ready = Static<typeof Ready>;

const validator = Compile(Ready);

/** The message when it is one of readiness, else undefined. */
export function parseReady(message: unknown): Ready | undefined {
  return validator.Check(message) ? message : undefined;
}
