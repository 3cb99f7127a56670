import { type Static, Type } from '#typebox';
import { RoomCheckArguments } from './room-check.ts';
import { ThroughputArguments } from './throughput.ts';

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

/** What names a command that is to be answered. */
export const CommandId = Type.String({ pattern: '^[a-z0-9-]{8,64}$' });

/** What every command has that is to be answered. */
const answered = {
  id: CommandId,
  /** By the gateway's clock, ms since 1970: what comes later was held up on its way, and is not begun any more. */
  expires_at: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
};

/**
 * Has the device measure the throughput to a server of iperf3. Sent when the gateway has granted it: no other device measures then.
 *
 *   {"command":"throughput","id":"01k…","expires_at":1764000015000,"arguments":{"port":5201,"families":["ipv4"],…}}
 */
export const ThroughputCommand = Type.Object({
  command: Type.Literal('throughput'),
  ...answered,
  arguments: ThroughputArguments,
});
export type ThroughputCommand = Static<typeof ThroughputCommand>;

/**
 * Has the device check whether its room is ready for a live lesson. Where the gateway has granted it, its last step measures the throughput, and no
 * other device does so then.
 *
 *   {"command":"check","id":"01k…","expires_at":1764000015000,"arguments":{"throughput_refused":"same_machine"}}
 */
export const CheckCommand = Type.Object({
  command: Type.Literal('check'),
  ...answered,
  arguments: RoomCheckArguments,
});
export type CheckCommand = Static<typeof CheckCommand>;

/** The commands that are answered, by name. */
export const requestedCommands = ['throughput', 'check'] as const;
export type RequestedCommand = (typeof requestedCommands)[number];
export type AnsweredCommand = ThroughputCommand | CheckCommand;

export const Command = Type.Union([TimeCommand, PseudonymKeyCommand, ThroughputCommand, CheckCommand]);
export type Command = Static<typeof Command>;
