import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAdmin } from '../../../gateway/admin.ts';
import { openHome } from '../../../runtime/home.ts';
import { freeGatewayPorts, type GatewayPorts, portsInEnv } from '../../support/free-port.ts';
import { ProductProcess } from './product-process.ts';

export interface GatewayOptions {
  home: string;
  /** Text of campus-edge.yaml. */
  config?: string;
  /** Further environment, such as a false clock. */
  env?: NodeJS.ProcessEnv;
}

/** A gateway with its ports, and the other processes that may be started beside it on the same home. */
export class Gateway extends ProductProcess {
  readonly home: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly mqttsPort: number;
  readonly #env: NodeJS.ProcessEnv;
  #token: string | undefined;

  private constructor(options: GatewayOptions, ports: GatewayPorts) {
    const env = portsInEnv(ports);
    super('gateway', options.home, { ...env, ...options.env });
    this.home = options.home;
    this.httpPort = ports.http;
    this.mqttPort = ports.mqtt;
    this.httpsPort = ports.https;
    this.mqttsPort = ports.mqtts;
    this.#env = env;
  }

  /** Prepares a gateway without starting it. */
  static async prepare(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options, await freeGatewayPorts());
    if (options.config !== undefined) gateway.configure(options.config);
    return gateway;
  }

  /** Writes campus-edge.yaml, which all processes read when they start. */
  configure(config: string): void {
    writeFileSync(join(this.home, 'campus-edge.yaml'), config);
  }

  /** Another process of the product on this gateway's home. */
  beside(name: 'agent' | 'flows'): ProductProcess {
    return new ProductProcess(name, this.home, this.#env);
  }

  /** GET on the API as an administrator's program. */
  readonly get = async <T>(path: string): Promise<T> => {
    this.#token ??= this.#makeToken();
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(`http://127.0.0.1:${this.httpPort}/api/v1/${path}`, { headers });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  /** One of the gateway's own figures, e.g. `campus_spool_messages`; summed over its labels. */
  async figure(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.httpPort}/metrics`)).text();
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
      Number(value),
    );
    return values.reduce((sum, value) => sum + value, 0);
  }

  #makeToken(): string {
    const admin = openAdmin(openHome(this.home), { actor: 'faults', now: Date.now });
    const { secret } = admin.createToken({ name: 'faults', role: 'admin' });
    admin.close();
    return secret;
  }
}
