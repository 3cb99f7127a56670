import { Compile } from 'typebox/compile';
import { Command } from '../contract/command.ts';
import { decodePayload, isRejection } from '../contract/payload.ts';
import type { Logger } from '../runtime/log.ts';

const validator = Compile(Command);

/**
 * Carries out what the gateway sends on the command topic. What this version does not know comes from a newer gateway, and is left alone.
 * @param told takes the gateway's time, ms since 1970
 */
export function handleCommand(payload: Uint8Array, { told, log }: { told: (time: number) => void; log: Logger }): void {
  const decoded = decodePayload(payload, validator);
  if (isRejection(decoded)) {
    log.debug({ code: decoded.code, detail: decoded.detail }, 'a command that is not known here is left alone');
    return;
  }
  told(decoded.value.time);
}
