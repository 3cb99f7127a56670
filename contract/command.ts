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

export const Command = TimeCommand;
export type Command = Static<typeof Command>;
