import type { JoinAnswer } from '../../contract/join.ts';
import type { Enrolment } from '../../runtime/enrolment-file.ts';

/** What a machine keeps once a gateway has let it in. */
export function enrolmentOf({
  base,
  joined,
  authority,
  key,
}: {
  /** https://host:port of the gateway. */
  base: string;
  joined: JoinAnswer;
  authority: string;
  key: string;
}): Enrolment {
  return {
    ...{ site: joined.site, device: joined.device, authority, certificate: joined.certificate, key },
    gateway: `mqtts://${new URL(base).hostname}:${joined.mqtts_port}`,
    https: base,
  };
}
