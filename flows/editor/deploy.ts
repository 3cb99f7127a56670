import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { FlowEntry, isProductEntry } from '../flow-file.ts';
import { missingTypes } from '../missing-types.ts';
import type { FlowsApi } from '../node-red.ts';

/** The body of a deploy (https://nodered.org/docs/api/admin/methods/post/flows/, version 2). */
const Deploy = Type.Object({ flows: Type.Array(FlowEntry) }, { additionalProperties: Type.Unknown() });
const deploy = Compile(Deploy);

/** Why a deploy is refused, as the editor shows it. */
class DeployRefused extends Error {
  readonly code: string;
  readonly status = 400;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface DeployRules {
  /** The flows that ship with the product. */
  shipped: readonly FlowEntry[];
  /** Whether this process can make nodes of a type. */
  knows: (type: string) => boolean;
}

/**
 * What runs after a deploy: the product's flows as they ship, whatever was sent for them, and the administrator's own.
 * @throws DeployRefused for nodes on the product's tab, and for types that are not there: Node-RED would stop all flows until they come
 */
export function deployable(entries: readonly FlowEntry[], { shipped, knows }: DeployRules): FlowEntry[] {
  const own = entries.filter((entry) => !isProductEntry(entry));
  const shippedIds = new Set(shipped.map(({ id }) => id));
  const astray = own.find(({ z }) => typeof z === 'string' && shippedIds.has(z));
  if (astray !== undefined) {
    throw new DeployRefused(
      'read_only',
      `this tab is upgraded with the product: make nodes on a tab of your own. 本页随产品升级，请在自己的页签上添加节点。 (${astray.id})`,
    );
  }
  const missing = missingTypes(own, knows);
  if (missing.length > 0) {
    throw new DeployRefused(
      'type_not_available',
      `node types that are not available here: ${missing.join(', ')}. 以下节点类型未启用：${missing.join('、')}。`,
    );
  }
  return [...shipped, ...own];
}

/**
 * Node-RED's runtime as its editor sees it: deploys go through `deployable`. The calls that change one tab are closed; the editor does not
 * use them.
 */
export function guardDeploys(runtime: { readonly flows: FlowsApi }, rules: DeployRules): object {
  const closed = async (): Promise<never> => {
    throw new DeployRefused('not_found', 'deploy by POST /flows');
  };
  const flows = {
    ...runtime.flows,
    setFlows: async (options: { flows?: unknown; deploymentType?: string }) => {
      // A reload brings no flows.
      if (options.deploymentType === 'reload') return runtime.flows.setFlows(options);
      if (!deploy.Check(options.flows)) throw new DeployRefused('wrong_shape', 'expected a list of flows');
      return runtime.flows.setFlows({
        ...options,
        flows: { ...options.flows, flows: deployable(options.flows.flows, rules) },
      });
    },
    addFlow: closed,
    updateFlow: closed,
    deleteFlow: closed,
  };
  return Object.create(runtime, { flows: { value: flows, enumerable: true } });
}
