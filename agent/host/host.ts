import type { Visit, VisitOptions } from './visit.ts';

/** What statfs(2) says of one file system, in bytes and counts. */
export interface FileSystemUsage {
  blockBytes: number;
  blocks: number;
  blocksFree: number;
  /** Blocks that ordinary users may still take. */
  blocksAvailable: number;
  /** 0 where the file system has no fixed number of inodes (btrfs, vfat). */
  inodes: number;
  inodesFree: number;
}

export interface RunOptions {
  signal: AbortSignal;
  timeoutMs: number;
  /** Output beyond this many bytes is an error. */
  maxBytes: number;
  /** Exit codes besides 0 with which the command has answered. */
  exitCodes?: readonly number[];
  /** After this many ms it is told to come to an end (SIGINT), which it answers; none unless told. */
  interruptAfterMs?: number;
}

export interface ConnectOptions {
  /** An address, IPv6 possibly with a zone (`fe80::1%eth0`, RFC 4007 §11). */
  address: string;
  port: number;
  timeoutMs: number;
}

/** `open` and `refused` both mean that the address answered. */
export type ConnectOutcome = 'open' | 'refused' | 'failed';

export interface UdpOptions {
  /** An address, IPv6 possibly with a zone. */
  address: string;
  port: number;
  /** Told of each datagram of the peer, with the monotonic ms at which it came. */
  onMessage: (message: Uint8Array, at: number) => void;
}

/** Datagrams to one peer. What is sent may be lost, without a word. */
export interface UdpExchange {
  send(message: Uint8Array): void;
  close(): void;
}

export interface SerialOptions {
  /** Without a meaning for a modem on USB, which has no line. */
  baudRate: number;
  /** Takes each piece of text as it arrives. */
  onText: (text: string) => void;
  /** Told once when the port fails or its device is unplugged. */
  onEnd: (error: Error) => void;
}

/** An open serial port. */
export interface SerialLine {
  /** @throws CampusError `serial_failed` */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** The machine as the agent sees it: the only place that reads files, runs commands, opens connections and serial ports or asks for the time. */
export interface Host {
  /**
   * The text of a file of at most `maxBytes` (1 MiB by default); undefined when there is no such file,
   * or when the kernel has no value to give (a link speed without a link, a sensor that is asleep).
   * @throws CampusError `parse_failed` when the file is larger; the system's error for anything else
   */
  readFile(path: string, maxBytes?: number): Promise<string | undefined>;
  /** The names in a directory, sorted; undefined when there is none. */
  readDir(path: string): Promise<string[] | undefined>;
  /** Where a symbolic link points; undefined when there is none. */
  readLink(path: string): Promise<string | undefined>;
  /** Permission bits of a file or directory, such as 0o640, following links; undefined when there is none. */
  fileMode(path: string): Promise<number | undefined>;
  /** The usage of the file system mounted at `path`; undefined when it is gone or does not answer within 2 s (a dead NFS server). */
  statfs(path: string): Promise<FileSystemUsage | undefined>;
  /**
   * The standard output of a command, found on the system's path unless given by an absolute one; undefined when it is not installed.
   * @throws Error when it fails, takes too long or says too much
   */
  run(command: string, args: readonly string[], options: RunOptions): Promise<string | undefined>;
  /** Tries a TCP handshake and closes the connection again. */
  connect(options: ConnectOptions): Promise<ConnectOutcome>;
  /** Opens a UDP socket to one peer. @throws the system's error when there is no way to it */
  openUdp(options: UdpOptions): Promise<UdpExchange>;
  /** Fetches the head of one page from one address. @throws AbortError when the signal is given */
  visit(options: VisitOptions): Promise<Visit>;
  /** The addresses of a name, of both families; none when it has none, or when nobody says so within 2 s. */
  lookup(name: string): Promise<string[]>;
  /**
   * Opens a serial port for this process alone; undefined when there is no such port.
   * @throws CampusError `serial_forbidden`, `serial_busy`, `serial_failed`
   */
  openSerial(path: string, options: SerialOptions): Promise<SerialLine | undefined>;
  /** Milliseconds since the machine's start, by a clock that nobody sets and that goes on while the machine sleeps. */
  monotonicMs(): number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Reads a file and parses it; undefined when there is none. */
export async function readParsed<T>(host: Host, path: string, parse: (text: string) => T): Promise<T | undefined> {
  const text = await host.readFile(path);
  return text === undefined ? undefined : parse(text);
}
