import { Command } from 'commander';
import { version } from '../runtime/version.ts';
import { addAgent } from './commands/agent.ts';
import { addAuditExport } from './commands/audit-export.ts';
import { addAuditVerify } from './commands/audit-verify.ts';
import { addBackup } from './commands/backup.ts';
import { addBanLift } from './commands/ban-lift.ts';
import { addBanList } from './commands/ban-list.ts';
import { addBaseline } from './commands/baseline.ts';
import { addCaFingerprint } from './commands/ca-fingerprint.ts';
import { addCheck } from './commands/check.ts';
import { addConfigCheck } from './commands/config-check.ts';
import { addDecode } from './commands/decode.ts';
import { addDeviceAdd } from './commands/device-add.ts';
import { addDeviceList } from './commands/device-list.ts';
import { addDeviceRevoke } from './commands/device-revoke.ts';
import { addEnroll } from './commands/enroll.ts';
import { addFlows } from './commands/flows.ts';
import { addGateway } from './commands/gateway.ts';
import { addJoinRequestApprove } from './commands/join-request-approve.ts';
import { addJoinRequestList } from './commands/join-request-list.ts';
import { addJoinRequestReject } from './commands/join-request-reject.ts';
import { addJoinTokenCreate } from './commands/join-token-create.ts';
import { addJoinTokenList } from './commands/join-token-list.ts';
import { addJoinTokenRevoke } from './commands/join-token-revoke.ts';
import { addPrivacyErase } from './commands/privacy-erase.ts';
import { addPrivacyReport } from './commands/privacy-report.ts';
import { addRestore } from './commands/restore.ts';
import { addStoreCopy } from './commands/store-copy.ts';
import { addStoreExport } from './commands/store-export.ts';
import { addThroughput } from './commands/throughput.ts';
import { addTokenCreate } from './commands/token-create.ts';
import { addTokenList } from './commands/token-list.ts';
import { addTokenRevoke } from './commands/token-revoke.ts';
import { addUp } from './commands/up.ts';
import { addUserAdd } from './commands/user-add.ts';
import { addUserList } from './commands/user-list.ts';
import { addUserPasswd } from './commands/user-passwd.ts';
import { defineGroup, describeHelp, withGlobalOptions } from './define-command.ts';
import { reportFailure } from './failure.ts';
import { type Speaker, speakerAt, type Terminal } from './terminal.ts';

/** Every command of `campus-edge`, with its texts in the speaker's language. */
export function createProgram(speaker: Speaker): Command {
  const program = new Command('campus-edge')
    .description(
      speaker.say({
        en: "Watches a school's network and classroom devices, keeps every measurement and raises alerts.",
        'zh-CN': '监测学校网络与教室设备，保存全部测量数据并产生告警。',
      }),
    )
    .version(version, '-V, --version', speaker.say({ en: 'show the version', 'zh-CN': '显示版本' }))
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: speaker.out,
      writeErr: speaker.err,
      getOutHelpWidth: () => speaker.columns,
      getErrHelpWidth: () => speaker.columns,
      // `reportFailure` says it, in one line.
      outputError: () => {},
    });
  withGlobalOptions(program, speaker);
  describeHelp(program, speaker);
  addUp(program, speaker);
  addAgent(program, speaker);
  addGateway(program, speaker);
  addFlows(program, speaker);
  addEnroll(program, speaker);
  addBackup(program, speaker);
  addRestore(program, speaker);
  addCheck(program, speaker);
  addBaseline(program, speaker);
  addDecode(program, speaker);
  addThroughput(program, speaker);
  addGroups(program, speaker);
  return program;
}

function addGroups(program: Command, speaker: Speaker): void {
  const device = defineGroup(program, speaker, 'device', { en: 'devices that may report', 'zh-CN': '允许上报的设备' });
  addDeviceAdd(device, speaker);
  addDeviceList(device, speaker);
  addDeviceRevoke(device, speaker);
  const joinToken = defineGroup(program, speaker, 'join-token', {
    en: 'tokens with which machines join this site',
    'zh-CN': '用于加入本站点的令牌',
  });
  addJoinTokenCreate(joinToken, speaker);
  addJoinTokenList(joinToken, speaker);
  addJoinTokenRevoke(joinToken, speaker);
  const joinRequest = defineGroup(program, speaker, 'join-request', {
    en: 'machines that ask to join without a token',
    'zh-CN': '无令牌设备的加入申请',
  });
  addJoinRequestList(joinRequest, speaker);
  addJoinRequestApprove(joinRequest, speaker);
  addJoinRequestReject(joinRequest, speaker);
  const ca = defineGroup(program, speaker, 'ca', {
    en: "the site's certificate authority",
    'zh-CN': '站点的证书颁发机构',
  });
  addCaFingerprint(ca, speaker);
  const user = defineGroup(program, speaker, 'user', { en: 'people who may sign in', 'zh-CN': '允许登录的用户' });
  addUserAdd(user, speaker);
  addUserPasswd(user, speaker);
  addUserList(user, speaker);
  const token = defineGroup(program, speaker, 'token', { en: 'tokens for programs', 'zh-CN': '供程序使用的令牌' });
  addTokenCreate(token, speaker);
  addTokenList(token, speaker);
  addTokenRevoke(token, speaker);
  const ban = defineGroup(program, speaker, 'ban', {
    en: 'addresses and users that failed to log in too often',
    'zh-CN': '登录失败过多的地址与用户',
  });
  addBanList(ban, speaker);
  addBanLift(ban, speaker);
  const store = defineGroup(program, speaker, 'store', { en: 'where measurements are kept', 'zh-CN': '数据存储' });
  addStoreCopy(store, speaker);
  addStoreExport(store, speaker);
  const audit = defineGroup(program, speaker, 'audit', {
    en: 'who did what, and what was refused',
    'zh-CN': '审计日志：谁做了什么，以及被拒绝的操作',
  });
  addAuditVerify(audit, speaker);
  addAuditExport(audit, speaker);
  const privacy = defineGroup(program, speaker, 'privacy', {
    en: 'what is kept about people',
    'zh-CN': '个人信息：保存情况报告与删除',
  });
  addPrivacyErase(privacy, speaker);
  addPrivacyReport(privacy, speaker);
  const config = defineGroup(program, speaker, 'config', { en: 'the configuration file', 'zh-CN': '配置文件' });
  addConfigCheck(config, speaker);
}

/**
 * Runs one invocation of the command line.
 * @param argv the arguments after the program's name
 * @returns the exit code: 0, 1 (ran, and the answer is bad) or 2 (wrong use)
 */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const speaker = speakerAt(terminal, argv);
  try {
    await createProgram(speaker).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    return reportFailure(error, speaker);
  }
}
