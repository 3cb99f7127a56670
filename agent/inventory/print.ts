import { version } from '../../runtime/version.ts';
import { LinuxHost } from '../host/linux.ts';
import { readInventory } from './inventory.ts';

/** Below the time that the agent gives this process. */
const TIMEOUT_MS = 50_000;

// Run by the agent once an hour: a process of its own gives the memory of the libraries back when it ends.
const inventory = await readInventory(new LinuxHost(), version, AbortSignal.timeout(TIMEOUT_MS));
process.stdout.write(JSON.stringify(inventory));
