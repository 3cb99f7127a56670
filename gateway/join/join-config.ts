import { Type } from '#typebox';

/** How machines may come in. Asking without a token is off: on a network of pupils somebody would. */
export const joinConfig = Type.Object(
  {
    requests: Type.Boolean({
      default: false,
      description: 'whether devices may ask to join without a token, and wait for an administrator: true or false',
    }),
  },
  { additionalProperties: false, default: {} },
);
