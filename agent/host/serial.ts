import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CampusError } from '../../contract/errors.ts';
import type { SerialLine, SerialOptions } from './host.ts';

/** Where programs note whose a port is (Filesystem Hierarchy Standard §5.9): a file with the program's number. */
const LOCK_DIRECTORY = '/run/lock';

/** A port as the library lists it. */
export type SerialPortFacts = { path: string } & Partial<
  Record<'manufacturer' | 'vendorId' | 'productId', string | undefined>
>;

/** The serial ports with a USB device behind them; none on a machine without udev, where the library fails. Starts a process. */
export async function listSerialPorts(): Promise<SerialPortFacts[]> {
  const { SerialPort } = await import('serialport');
  const ports: SerialPortFacts[] = await SerialPort.list().catch(() => []);
  return ports.filter(({ vendorId }) => vendorId !== undefined);
}

/**
 * Opens a serial port for this process alone. A port that another program has locked is not even touched: opening it would change its settings.
 * @returns undefined when there is no such port
 * @throws CampusError `serial_forbidden`, `serial_busy`, `serial_failed`
 */
export async function openSerial(path: string, options: SerialOptions): Promise<SerialLine | undefined> {
  if (!(await isThere(path))) return undefined;
  const owner = await lockOwner(path);
  if (owner !== undefined) throw busy(path, owner);
  // Loaded only where there is a port: the library is native code of some megabytes.
  const { SerialPort } = await import('serialport');
  // The modem shall not take the end of a sample for the end of a call, which is what falling DTR means (V.250 §6.2.9).
  const port = new SerialPort({ path, baudRate: options.baudRate, autoOpen: false, lock: true, hupcl: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(openFailure(path, error))));
  });
  const decoder = new TextDecoder();
  let closing = false;
  port.on('data', (bytes: Uint8Array) => options.onText(decoder.decode(bytes, { stream: true })));
  port.on('error', (error) => options.onEnd(failed(path, error)));
  port.on('close', (error: Error | null | undefined) => {
    if (!closing) options.onEnd(failed(path, error ?? undefined));
  });
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        port.write(text, 'latin1', (error) => (error ? reject(failed(path, error)) : resolve()));
      }),
    close: () =>
      new Promise((resolve) => {
        closing = true;
        // A port that is gone cannot be closed, and need not be.
        if (port.isOpen) port.close(() => resolve());
        else resolve();
      }),
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO' || code === 'ENOTDIR') return false;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw failed(path, error as Error);
    throw new CampusError(
      'serial_forbidden',
      `${path}: this user may not use it; add it to the group of the port, dialout`,
    );
  }
}

/** Who has locked a port, by a file in /run/lock or by flock(2); undefined when nobody has. */
async function lockOwner(path: string): Promise<string | undefined> {
  const real = await realpath(path);
  const noted = Number.parseInt(await textOf(`${LOCK_DIRECTORY}/LCK..${basename(real)}`), 10);
  if (noted > 0 && noted !== process.pid && isAlive(noted)) return `process ${noted}`;
  const { dev, ino } = await stat(real);
  return flockOwner(await textOf('/proc/locks'), { dev, ino });
}

/**
 * Finds the holder of a whole-file lock in /proc/locks (Documentation/filesystems/locks.rst, fs/locks.c): number, kind, mode, access, process, device
 * in hexadecimal and inode, range.
 *
 *     1: FLOCK  ADVISORY  WRITE 9352 00:05:512 0 EOF
 */
export function flockOwner(locks: string, { dev, ino }: { dev: number; ino: number }): string | undefined {
  // Major and minor number as glibc's makedev() packs them.
  const major = (dev >> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  const byte = (number: number): string => number.toString(16).padStart(2, '0');
  const file = `${byte(major)}:${byte(minor)}:${ino}`;
  for (const line of locks.split('\n')) {
    const [, kind, , , pid, place] = line.trim().split(/\s+/);
    if (kind === 'FLOCK' && place === file && Number(pid) !== process.pid) return `process ${pid}`;
  }
  return undefined;
}

/** A file that is not there, or may not be read, notes nothing. */
function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The library gives errors as texts alone: "Error: Device or resource busy, cannot open /dev/ttyUSB2". */
function openFailure(path: string, error: Error): CampusError {
  return /busy|Cannot lock/i.test(error.message) ? busy(path, 'another program') : failed(path, error);
}

function busy(path: string, owner: string): CampusError {
  return new CampusError(
    'serial_busy',
    `${path}: ${owner} uses it; stop that, or name another port in agent.collectors.cellular.ports`,
  );
}

function failed(path: string, error: Error | undefined): CampusError {
  const why = error?.message ?? 'closed';
  return new CampusError('serial_failed', `${path}: ${why}; was it unplugged?`, { cause: error });
}
