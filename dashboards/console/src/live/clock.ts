import { type Ref, shallowRef } from 'vue';
import { clockOffsetMs } from './clock-offset.ts';

let offset = 0;
const ticking = shallowRef(Date.now());

/** The gateway's time, ms since 1970, moving on every second. */
export const now: Readonly<Ref<number>> = ticking;

/** The gateway's time at this moment, ms since 1970. */
export function gatewayNow(): number {
  return Date.now() + offset;
}

/** Takes the clock's difference from an answer. */
export function noteAnswer(response: Response): void {
  offset = clockOffsetMs(response.headers.get('date'), Date.now());
}

/** Starts the ticking; hidden pages rest. */
export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) ticking.value = gatewayNow();
  }, 1000);
}
