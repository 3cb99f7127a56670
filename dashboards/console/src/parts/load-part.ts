const FIRST_PAUSE_MS = 500;
/** As often as the live stream asks a gateway that is away. */
const MOST_PAUSE_MS = 5000;

/** A part of the console did not come, and the gateway hands the console out again: the window has to be loaded anew. */
export class PartLost extends Error {
  constructor(cause: unknown) {
    super('expected a part of the console, which did not come', { cause });
    this.name = 'PartLost';
  }
}

export interface Loading {
  /** Whether the gateway hands the console out just now; never rejects. */
  served: () => Promise<boolean>;
  /** Waits so many ms. */
  pause: (ms: number) => Promise<void>;
}

/**
 * Loads a part of the console that is not there from the start. Where that fails, since the gateway is away or has another version of the console, it
 * waits until the gateway is there. It does not try again by itself: Vite asks for the style sheets of a part but once, and the part would come without.
 * @throws PartLost
 */
export async function loadPart<T>(load: () => Promise<T>, { served, pause }: Loading): Promise<T> {
  try {
    return await load();
  } catch (error) {
    for (let ms = FIRST_PAUSE_MS; !(await served()); ms = Math.min(2 * ms, MOST_PAUSE_MS)) await pause(ms);
    throw new PartLost(error);
  }
}
