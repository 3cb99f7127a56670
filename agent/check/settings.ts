import { Compile } from '#typebox/compile';
import { CampusError } from '../../contract/errors.ts';
import { pathConfigSchema } from '../collectors/path/path-config.ts';
import { resolverConfigSchema } from '../collectors/resolver/resolver-config.ts';
import type { AgentConfig } from '../config.ts';
import type { CheckOptions } from './check-room.ts';

/** What of an agent's configuration says how its room is checked. @throws CampusError `config_invalid` */
export function checkSettings({
  check,
  collectors,
}: AgentConfig['agent']): Pick<CheckOptions, 'config' | 'path' | 'queries'> {
  const { path, resolver } = collectors;
  // The schema of all collectors is made of a list: that these two are in it is what the types do not know.
  if (!Compile(pathConfigSchema).Check(path) || !Compile(resolverConfigSchema).Check(resolver)) {
    throw new CampusError('config_invalid', 'agent.collectors: expected path and resolver');
  }
  return { config: check, path, queries: resolver.queries };
}
