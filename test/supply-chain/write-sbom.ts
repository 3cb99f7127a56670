import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/sources.ts';
import { consolePackages } from './console-packages.ts';
import licences from './licences.json' with { type: 'json' };
import { deliveredPackages, readLockfile } from './lockfile.ts';
import { cyclonedx } from './sbom.ts';

// `npm run sbom`, `npm run sbom -- FILE`: writes the bill of materials of what is delivered, in CycloneDX.
const [file = join(root, 'campus-edge.cdx.json')] = process.argv.slice(2);
const packages = readLockfile();
const delivered = deliveredPackages(packages, consolePackages());
const bom = cyclonedx({ packages, delivered, licences, timestamp: new Date().toISOString() });
writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${file}: CycloneDX ${bom.specVersion}, ${bom.components.length} components`);
