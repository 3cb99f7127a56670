import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents, withReference } from './reference/documents.ts';
import { root } from './sources.ts';

// `npm run docs`: brings the reference parts of docs/ up to date with the code; the guide parts around them are left as they are.
for (const { path, reference } of documents) {
  const file = join(root, path);
  writeFileSync(file, withReference(readFileSync(file, 'utf8'), await reference()));
}
