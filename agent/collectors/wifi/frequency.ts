/** Where an interface works. Unknown parts are undefined. */
export interface Channel {
  channel: number | undefined;
  frequencyMhz: number;
  widthMhz: number | undefined;
  center1Mhz: number | undefined;
  center2Mhz: number | undefined;
}

/** The bands of Wi-Fi. */
export type Band = '2.4GHz' | '5GHz' | '6GHz' | '60GHz' | 'sub-1GHz';

/** Where 6 GHz begins, MHz: channels 2 and 1 of operating classes 136 and 131 (IEEE 802.11-2024, table E-4). */
const SIX_GHZ_FROM_MHZ = 5925;

/** The band of a frequency in MHz; undefined for none of Wi-Fi. */
export function bandOf(mhz: number): Band | undefined {
  if (mhz > 0 && mhz < 1000) return 'sub-1GHz';
  if (mhz >= 2400 && mhz < 2500) return '2.4GHz';
  if (mhz >= 4900 && mhz < SIX_GHZ_FROM_MHZ) return '5GHz';
  if (mhz >= SIX_GHZ_FROM_MHZ && mhz <= 7125) return '6GHz';
  return mhz >= 57_000 && mhz <= 71_000 ? '60GHz' : undefined;
}

/** The number of the channel at a frequency in MHz (as iw's util.c, ieee80211_frequency_to_channel); undefined for none of Wi-Fi. */
export function channelOf(mhz: number): number | undefined {
  const whole = Math.floor(mhz);
  switch (bandOf(whole)) {
    case '2.4GHz':
      return whole === 2484 ? 14 : Math.floor((whole - 2407) / 5);
    case '5GHz':
      return Math.floor((whole - (whole < 5000 ? 4000 : 5000)) / 5);
    case '6GHz':
      return whole === 5935 ? 2 : Math.floor((whole - 5950) / 5);
    case '60GHz':
      return Math.floor((whole - 56_160) / 2160);
    default:
      return undefined;
  }
}

/** The channel at a frequency of which nothing else is known, MHz. */
export function channelAt(frequencyMhz: number): Channel {
  const unknown = { widthMhz: undefined, center1Mhz: undefined, center2Mhz: undefined };
  return { channel: channelOf(frequencyMhz), frequencyMhz, ...unknown };
}

/** The frequency of a channel in MHz, the reverse of `channelOf`; undefined for a band where channels are not counted in 5 MHz. */
export function frequencyOf(channel: number, band: Band): number | undefined {
  if (band === '2.4GHz') return channel === 14 ? 2484 : 2407 + 5 * channel;
  if (band === '5GHz') return 5000 + 5 * channel;
  if (band !== '6GHz') return undefined;
  return channel === 2 ? 5935 : 5950 + 5 * channel;
}
