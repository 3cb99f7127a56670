import { Compile } from '#typebox/compile';
import { type AnsweredCommand, Command } from '../contract/command.ts';
import { decodePayload, isRejection } from '../contract/payload.ts';
import type { Logger } from '../runtime/log.ts';

const validator = Compile(Command);

export interface CommandHandlers {
  /** Takes the gateway's time, ms since 1970. */
  told: (time: number) => void;
  /** Takes the site's key for the pseudonyms of clients, base64url, and how long it is used, ms. */
  pseudonymKey: (key: string, validMs: number) => void;
  /** Carries out a command that is answered. */
  execute: (command: AnsweredCommand) => void;
  log: Logger;
}

/** Carries out what the gateway sends on the command topic. What this version does not know comes from a newer gateway, and is left alone. */
export function handleCommand(payload: Uint8Array, { told, pseudonymKey, execute, log }: CommandHandlers): void {
  const decoded = decodePayload(payload, validator);
  if (isRejection(decoded)) {
    log.debug({ code: decoded.code, detail: decoded.detail }, 'a command that is not known here is left alone');
    return;
  }
  const { value } = decoded;
  switch (value.command) {
    case 'time':
      told(value.time);
      break;
    case 'pseudonym-key':
      pseudonymKey(value.key, value.valid_ms);
      break;
    case 'throughput':
    case 'check':
      execute(value);
      break;
  }
}
