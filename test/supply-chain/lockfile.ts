import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { root } from '../tidy/sources.ts';

const names = Type.Optional(Type.Record(Type.String(), Type.String()));
const lockedPackage = Type.Object({
  name: Type.Optional(Type.String()),
  version: Type.String(),
  license: Type.Optional(Type.String()),
  integrity: Type.Optional(Type.String()),
  dev: Type.Optional(Type.Boolean()),
  optional: Type.Optional(Type.Boolean()),
  inBundle: Type.Optional(Type.Boolean()),
  dependencies: names,
  devDependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
});
/** Version 3 (https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json). */
const lockfile = Compile(
  Type.Object({ lockfileVersion: Type.Literal(3), packages: Type.Record(Type.String(), lockedPackage) }),
);

/** A package that a machine may get. */
export interface LockedPackage {
  /** Where it is installed, `node_modules/a/node_modules/b`; empty for the product itself. */
  path: string;
  name: string;
  version: string;
  /** As its author wrote it, mostly an SPDX expression. */
  license: string | undefined;
  /** Of its archive (https://www.w3.org/TR/SRI/). */
  integrity: string | undefined;
  /** For building and testing only. */
  dev: boolean;
  /** Installed where the machine has a use for it. */
  optional: boolean;
  /** Comes inside the archive of the package around it. */
  bundled: boolean;
  /** Names of what is installed for it. */
  needs: readonly string[];
  /** Names of what it uses beside these, where somebody else has it installed. */
  peers: readonly string[];
}

/** Every package of package-lock.json by its path, the product itself first. @throws Error for a lockfile of another form */
export function readLockfile(): ReadonlyMap<string, LockedPackage> {
  const value: unknown = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  if (!lockfile.Check(value)) throw new Error(`package-lock.json: ${JSON.stringify(lockfile.Errors(value)[0])}`);
  return new Map(
    Object.entries(value.packages).map(([path, locked]) => [
      path,
      {
        path,
        // An alias has the name of what it stands for; else the path ends in the name.
        name: locked.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
        version: locked.version,
        license: locked.license,
        integrity: locked.integrity,
        dev: locked.dev === true,
        optional: locked.optional === true,
        bundled: locked.inBundle === true,
        // The product alone has some for its developers.
        needs: Object.keys({ ...locked.dependencies, ...locked.devDependencies, ...locked.optionalDependencies }),
        peers: Object.keys(locked.peerDependencies ?? {}),
      },
    ]),
  );
}

/** The packages that one finds by `names`: the nearest above it, as Node.js looks for them; those that are not there are left out. */
export function foundBy(
  packages: ReadonlyMap<string, LockedPackage>,
  one: LockedPackage,
  names: readonly string[],
): LockedPackage[] {
  return names.flatMap((name) => nearest(packages, one.path, name) ?? []);
}

function nearest(packages: ReadonlyMap<string, LockedPackage>, from: string, name: string): LockedPackage | undefined {
  const found = packages.get(`${from === '' ? '' : `${from}/`}node_modules/${name}`);
  if (found !== undefined || from === '') return found;
  const end = from.lastIndexOf('/node_modules/');
  return nearest(packages, end < 0 ? '' : from.slice(0, end), name);
}

/**
 * What is delivered: what a machine gets by `npm ci --omit=dev`, and the packages that are built into the console.
 * @param builtIn names of packages that the console's sources import
 */
export function deliveredPackages(
  packages: ReadonlyMap<string, LockedPackage>,
  builtIn: readonly string[],
): LockedPackage[] {
  const delivered = new Set([...packages.values()].filter(({ path, dev }) => path !== '' && !dev));
  const open = builtIn.map((name) => {
    const found = packages.get(`node_modules/${name}`);
    if (found === undefined) throw new Error(`the console imports ${name}, which package-lock.json does not have`);
    return found;
  });
  for (const one of open) {
    if (delivered.has(one)) continue;
    delivered.add(one);
    open.push(...foundBy(packages, one, one.needs));
  }
  return [...delivered].sort((a, b) => (a.path < b.path ? -1 : 1));
}
