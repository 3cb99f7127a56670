import { join } from 'node:path';
import type { Command } from 'commander';
import { formatCaFingerprint } from '../../contract/ca-fingerprint.ts';
import { CampusError } from '../../contract/errors.ts';
import { defineCommand, homeOf, withJson } from '../define-command.ts';
import type { Speaker } from '../terminal.ts';

/** `campus-edge ca fingerprint`: by what other machines recognise this site. */
export function addCaFingerprint(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'fingerprint',
    summary: {
      en: "show the fingerprint of the site's certificate authority; the last line is what `enroll --ca-fingerprint` takes",
      'zh-CN': '显示站点证书颁发机构的指纹；最后一行用于 `enroll --ca-fingerprint`',
    },
    example: 'campus-edge ca fingerprint\ncampus-edge ca fingerprint --json',
  });
  withJson(command, speaker).action(async (options: { json?: boolean }, self: Command) => {
    const home = homeOf(self, speaker, 'gateway');
    const { certificateFingerprint, readAuthorityCertificate } = await import('../../gateway/admin.ts');
    const certificate = readAuthorityCertificate(home);
    if (certificate === undefined) {
      throw new CampusError('not_ready', `start the gateway of ${home.dir} once: it makes the certificate authority`);
    }
    const fingerprint = formatCaFingerprint(certificateFingerprint(certificate));
    const file = join(home.pkiDir, 'ca.crt');
    if (options.json === true) {
      speaker.line(JSON.stringify({ fingerprint, file }));
      return;
    }
    speaker.line(
      speaker.say({
        en: `The certificate authority of this site is in ${file}. Its fingerprint:`,
        'zh-CN': `本站点的证书颁发机构位于 ${file}，其指纹为：`,
      }),
    );
    speaker.line(fingerprint);
  });
}
