import { join } from 'node:path';

export interface Places {
  /** The home directory. */
  home: string;
  /** Where the product lies. */
  installation: string;
  /** Where Node.js keeps compiled code. */
  cache: string;
}

/** What of the installation the flows process reads: nothing of the gateway's, nor a home that lies in a checkout. */
const flowsSources = [
  'cli',
  'contract',
  'flows',
  'packed',
  'queue',
  'runtime',
  'node_modules',
  'package.json',
  'package-lock.json',
];

/**
 * What flows may touch of the file system, by Node's permission model (https://nodejs.org/api/permissions.html): their own part of the home, to
 * whatever a flow of an administrator is made to do. Neither do they start a process, a thread or native code.
 */
export function flowsPermissions({ home, installation: product, cache }: Places): string[] {
  const read = [
    ...flowsSources.map((name) => join(product, name)),
    ...['credentials/flows', 'campus-edge.yaml'].map((name) => join(home, name)),
    '/proc',
  ];
  const own = [join(home, 'flows'), cache];
  return [
    '--permission',
    ...[...read, ...own].map((path) => `--allow-fs-read=${path}`),
    ...own.map((path) => `--allow-fs-write=${path}`),
  ];
}
