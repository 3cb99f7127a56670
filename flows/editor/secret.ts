import { editorSecretFile, type Home } from '../../runtime/home.ts';
import { readTextIfThere } from '../files.ts';

/** The secret by which the editor knows the gateway; undefined while no gateway has handed one over: then the editor answers nobody. */
export function readEditorSecret(home: Home): string | undefined {
  const secret = readTextIfThere(editorSecretFile(home))?.trim();
  return secret === '' ? undefined : secret;
}
