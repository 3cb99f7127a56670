import { readAgentConfig } from '../agent/config.ts';
import { readFlowsConfig } from '../flows/config.ts';
import { readGatewayConfig } from '../gateway/config.ts';
import type { Home } from '../runtime/home.ts';

/**
 * The whole configuration as the three processes will see it, with every default filled in.
 * @throws CampusError `config_invalid`, `tls_required` by the first of them that would refuse it
 */
export function effectiveConfig(home: Home): Record<string, unknown> {
  return { ...readGatewayConfig(home.configFile), ...readAgentConfig(home), ...readFlowsConfig(home.configFile) };
}

/** Whether the configuration lets flows start programs: npm, or whatever an exec node is told. */
export function mayStartPrograms(home: Home): boolean {
  const { editor } = readFlowsConfig(home.configFile).flows;
  return editor.exec_nodes || (editor.enabled && editor.palette_installs);
}
