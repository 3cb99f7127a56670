import type { Waiting } from '../agent/join/announce.ts';
import { CampusError } from '../contract/errors.ts';
import type { Enrolment } from '../runtime/enrolment-file.ts';
import type { Home } from '../runtime/home.ts';
import { interruptible } from './interruptible.ts';
import { moment } from './table.ts';
import type { Speaker } from './terminal.ts';
import { WaitingLine } from './waiting-line.ts';

export interface AnnounceHere {
  home: Home;
  gateway: string;
  /** As a person gives it: `sha256:` and 64 hexadecimal digits. */
  caFingerprint: string;
  device: string;
}

/**
 * Asks to be let in and shows the person at this machine what to tell the administrator, until that has decided. All of it goes to standard
 * error: standard output is for what comes of it.
 * @throws CampusError `usage`, and what `announce` throws; AnsweredBadly after Ctrl-C
 */
export async function announceHere(speaker: Speaker, { caFingerprint, ...asked }: AnnounceHere): Promise<Enrolment> {
  // Loaded only now, so that help and wrong use answer at once.
  const { announce } = await import('../agent/join/announce.ts');
  const { parseCaFingerprint } = await import('../contract/ca-fingerprint.ts');
  const fingerprint = parseCaFingerprint(caFingerprint);
  if (fingerprint === undefined) throw new CampusError('usage', speaker.say(wrongFingerprint));
  const line = new WaitingLine(speaker);
  let told = false;
  const onWaiting = (waiting: Waiting): void => {
    if (!told) speaker.err(instructions(waiting, speaker));
    told = true;
    line.show(waiting.problem);
  };
  try {
    const work = (signal: AbortSignal) => announce({ ...asked, fingerprint, onWaiting, signal });
    return await interruptible(speaker, work, goesOn);
  } finally {
    line.end();
  }
}

const wrongFingerprint = {
  en: '--ca-fingerprint: expected sha256: and 64 hexadecimal digits, as `campus-edge ca fingerprint` prints it on the gateway',
  'zh-CN': '--ca-fingerprint：应为 sha256: 加 64 位十六进制数字，在网关上运行 `campus-edge ca fingerprint` 可查看',
};

const goesOn = {
  en: 'Not waiting any longer. The request stays: run the same command again to go on with it.',
  'zh-CN': '已停止等待。申请仍然有效：再次运行同一命令即可继续。',
};

function instructions({ code, device, expiresAt }: Waiting, speaker: Speaker): string {
  const until = moment(expiresAt);
  return speaker.say({
    en: `
  Verification code:  ${code}

This machine asks to join as ${device}. The administrator sees the request in the console, under Devices, and by
\`campus-edge join-request list\`. Tell them this code: only where they see the very same one the request is from this
machine. The request waits until ${until}.
`,
    'zh-CN': `
  验证码：  ${code}

本机申请以 ${device} 的名称加入。管理员可在控制台的“设备”页面或通过 \`campus-edge join-request list\` 看到该申请。
请将验证码告知管理员：只有双方显示的验证码完全一致，该申请才来自本机。申请有效期至 ${until}。
`,
  });
}
