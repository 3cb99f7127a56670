export interface VoiceQuality {
  /** 0 to 100. */
  rFactor: number;
  /** 1 to 4.5. */
  mos: number;
}

/**
 * What a voice call would be like over a path: the simplified E-model (after ITU-T G.107). An estimate for voice, never one of video.
 * @param delayMs one way: half of the round trip unless both clocks are synchronised
 * @param jitterMs RFC 3550
 */
export function voiceQuality(path: { delayMs: number; jitterMs: number; lossPercent: number }): VoiceQuality {
  const effectiveMs = path.delayMs + 2 * path.jitterMs + 10;
  const delayed = effectiveMs < 160 ? 93.2 - effectiveMs / 40 : 93.2 - (effectiveMs - 120) / 10;
  const rFactor = limited(delayed - 2.5 * path.lossPercent, 0, 100);
  const mos = 1 + 0.035 * rFactor + 7e-6 * rFactor * (rFactor - 60) * (100 - rFactor);
  return { rFactor, mos: limited(mos, 1, 4.5) };
}

function limited(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
