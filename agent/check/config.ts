import { type Static, Type } from '#typebox';

const closed = { additionalProperties: false, default: {} } as const;

const bound = (standard: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 100_000, default: standard, description });

/**
 * What `campus-edge check` looks at and holds a room to. No public standard fixes these numbers: they are practice for a lesson in 1080p both ways,
 * and the administrator's to change.
 */
export const roomCheckConfig = Type.Object(
  {
    portal: Type.Optional(
      Type.Refine(
        Type.String({ maxLength: 2048, description: 'the page where lessons begin: http:// or https://' }),
        (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
        () => 'expected the page where lessons begin: http:// or https://',
      ),
    ),
    good: Type.Object(
      {
        delay_ms: bound(150, 'milliseconds one way (half the round trip) up to which a lesson is good'),
        jitter_ms: bound(30, 'milliseconds of jitter up to which a lesson is good'),
        loss_percent: bound(1, 'percent of packets lost up to which a lesson is good'),
        mbit_per_second: bound(4, 'Mbit/s each way from which a lesson is good'),
      },
      closed,
    ),
    fair: Type.Object(
      {
        delay_ms: bound(300, 'milliseconds one way up to which a lesson is possible with limits'),
        jitter_ms: bound(50, 'milliseconds of jitter up to which a lesson is possible with limits'),
        loss_percent: bound(2, 'percent of packets lost up to which a lesson is possible with limits'),
      },
      closed,
    ),
  },
  closed,
);
export type CheckConfig = Static<typeof roomCheckConfig>;
