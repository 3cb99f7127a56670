import { Type } from '#typebox';
import { ID_PATTERN } from '../contract/ids.ts';

/** The keys of campus-edge.yaml that every process reads. */
export const siteConfig = Type.String({
  pattern: ID_PATTERN,
  default: 'school',
  description: 'the id of this site: 1 to 63 of a-z, 0-9 and -',
});

export const logConfig = Type.Object(
  {
    level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error'], {
      default: 'info',
      description: 'one of trace, debug, info, warn, error',
    }),
  },
  { additionalProperties: false, default: {} },
);
