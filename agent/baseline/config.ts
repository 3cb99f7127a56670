import { type Static, Type } from '#typebox';

const port = Type.Integer({ minimum: 1, maximum: 65_535 });

/**
 * What the self-check holds the box to. The standard (GB/T 22239-2019) names the subjects and gives no numbers: these are usual practice,
 * and the administrator's to change.
 */
export const baselineConfig = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'whether the agent checks the box once a day: true or false' }),
    password_max_days: Type.Integer({
      minimum: 1,
      maximum: 3650,
      default: 90,
      description: 'days after which a password has to be changed, 1 to 3650',
    }),
    password_min_length: Type.Integer({
      minimum: 4,
      maximum: 128,
      default: 8,
      description: 'characters that a password has at least, 4 to 128',
    }),
    lockout_attempts: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 5,
      description: 'wrong passwords after which an account is locked, 1 to 100',
    }),
    idle_minutes: Type.Integer({
      minimum: 1,
      maximum: 1440,
      default: 15,
      description: 'minutes without input after which a shell ends, 1 to 1440',
    }),
    allowed_tcp_ports: Type.Array(port, {
      default: [22],
      maxItems: 64,
      uniqueItems: true,
      description: 'TCP ports, beside those of campus-edge, on which the box may listen',
    }),
    allowed_udp_ports: Type.Array(port, {
      default: [68, 546],
      maxItems: 64,
      uniqueItems: true,
      description: 'UDP ports on which the box may listen: DHCP clients use 68 and 546',
    }),
  },
  { additionalProperties: false, default: {} },
);
export type BaselineConfig = Static<typeof baselineConfig>;
