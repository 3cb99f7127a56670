import { type Static, Type } from 'typebox';

/**
 * What the gateway sends on `…/command`, to one device. Every command is an object that `command` names, with keys of its own beside
 * it; one that is to be answered carries an `id`, which the answer on `…/reply` repeats. A receiver leaves alone what it does not know.
 *
 *   {"command":"time","time":1764000000000}
 */
export const TimeCommand = Type.Object({
  command: Type.Literal('time'),
  /**
   * The gateway's wall clock at the moment of sending, ms since 1970. Sent at each SUBSCRIBE of the device, so that it can bound the
   * age by the time since it subscribed, and when the gateway's clock was set to another time. It asks for no answer.
   */
  time: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});

export type TimeCommand = Static<typeof TimeCommand>;

/**
 * Told to agents when they subscribe and when there is a new one. It asks for no answer.
 *
 *   {"command":"pseudonym-key","key":"4n0…","valid_ms":1209600000}
 */
export const PseudonymKeyCommand = Type.Object({
  command: Type.Literal('pseudonym-key'),
  /** The site's key for the pseudonyms of clients: 32 bytes, base64url. */
  key: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  /** How long it is used from now on. An agent that has heard of no other by then reports no clients. */
  valid_ms: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});

export type PseudonymKeyCommand = Static<typeof PseudonymKeyCommand>;

export const Command = Type.Union([TimeCommand, PseudonymKeyCommand]);
export type Command = Static<typeof Command>;
