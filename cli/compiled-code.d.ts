/** Has this process, its threads and what it starts keep what they compile, and take what others have kept. */
export function keepCompiledCode(): void;

/** Where an installation keeps compiled code: beside its packages, if these are this user's; undefined otherwise. */
export function installationCache(packages?: string): string | undefined;
