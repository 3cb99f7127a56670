import { Compile } from 'typebox/compile';
import { Command } from '../contract/command.ts';
import { decodePayload, isRejection } from '../contract/payload.ts';
import type { Logger } from '../runtime/log.ts';

const validator = Compile(Command);

export interface CommandHandlers {
  /** Takes the gateway's time, ms since 1970. */
  told: (time: number) => void;
  /** Takes the site's key for the pseudonyms of clients, base64url, and how long it is used, ms. */
  pseudonymKey: (key: string, validMs: number) => void;
  log: Logger;
}

/** Carries out what the gateway sends on the command topic. What this version does not know comes from a newer gateway, and is left alone. */
export function handleCommand(payload: Uint8Array, { told, pseudonymKey, log }: CommandHandlers): void {
  const decoded = decodePayload(payload, validator);
  if (isRejection(decoded)) {
    log.debug({ code: decoded.code, detail: decoded.detail }, 'a command that is not known here is left alone');
    return;
  }
  const { value } = decoded;
  if (value.command === 'time') told(value.time);
  else pseudonymKey(value.key, value.valid_ms);
}
