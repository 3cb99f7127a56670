import { CampusError } from '../../contract/errors.ts';
import type { Refusal } from './options.ts';

/** What Aedes says of a client that is gone, or no longer reads, while something was under way for it. */
const connectionErrors = /keep alive|drain timeout|connection closed/;

/** What is refused of a client whose connection ended in `error`; undefined where the network failed, or what it did was refused before. */
export function brokenProtocol(error: Error): Pick<Refusal, 'action' | 'code' | 'target' | 'detail'> | undefined {
  if (error instanceof CampusError || 'code' in error || connectionErrors.test(error.message)) return undefined;
  const badTopic = /in PUBLISH|topic has too many levels/.test(error.message);
  return {
    action: badTopic ? 'publish' : 'packet',
    code: badTopic ? 'topic_invalid' : 'packet_malformed',
    target: '',
    detail: error.message.slice(0, 200),
  };
}
