import { loadPart } from './load-part.ts';

/** When the window was last loaded anew for a missing part, ms. It says nothing about anybody, and ends with the window. */
const RELOADED_KEY = 'campus-edge.reloaded';
/** Loading anew that has not helped helps no better a moment later. */
const RELOAD_AGAIN_MS = 10_000;

/** A part of the console that is loaded when it is first needed; whoever needs it meanwhile waits for the same loading. */
export function lazyPart<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= loadPart(load, { served, pause }).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

/** Loads the window anew at a path of the console, with all parts of the version that the gateway has now; not again and again. */
export function reloadAt(path: string): void {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED_KEY) ?? 0) < RELOAD_AGAIN_MS) return;
  sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
  window.location.assign(path);
}

async function served(): Promise<boolean> {
  try {
    return (await fetch('/', { cache: 'no-store' })).ok;
  } catch {
    // Nobody answers: that is the answer.
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
