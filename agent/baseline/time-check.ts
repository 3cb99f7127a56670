import { ntpHoldsClock, timesyncHasSynchronised } from '../clock/ntp.ts';
import { type Check, failed, met, notChecked } from './check.ts';

/** Where systemd(1) notes which units start by themselves, and the units of NTP clients. */
const WANTS = ['/etc/systemd/system/multi-user.target.wants', '/etc/systemd/system/sysinit.target.wants'];
const NTP_UNITS = [
  'systemd-timesyncd.service',
  'chrony.service',
  'chronyd.service',
  'ntp.service',
  'ntpsec.service',
  'ntpd.service',
];

/** Time synchronisation (时间同步): NTP holds the clock. */
export const timeCheck: Check = {
  id: 'time-sync',
  clause: 'time-sync',
  requirement: () => ({ en: 'the clock is set by NTP', 'zh-CN': '系统时钟由 NTP 校准' }),
  async look({ host, signal }) {
    if (await timesyncHasSynchronised(host))
      return [met('systemd-timesyncd has set the clock', 'systemd-timesyncd 已校准时钟')];
    if (await ntpHoldsClock(host, signal))
      return [met('the kernel says that NTP holds the clock', '内核报告时钟由 NTP 校准')];
    const wanted = (await Promise.all(WANTS.map((dir) => host.readDir(dir)))).filter((names) => names !== undefined);
    if (wanted.length === 0)
      return [notChecked('nobody says whether NTP holds the clock', '无法得知时钟是否由 NTP 校准')];
    const enabled = wanted.flat().find((name) => NTP_UNITS.includes(name));
    if (enabled === undefined) {
      return [
        failed(
          'no NTP client is enabled, and none has set the clock',
          '未启用 NTP 客户端，时钟未校准',
          'apt-get install systemd-timesyncd && timedatectl set-ntp true',
        ),
      ];
    }
    return [
      notChecked(
        `${enabled} is enabled, and nobody says whether it has set the clock`,
        `${enabled} 已启用，但无法得知是否已校准`,
      ),
    ];
  },
};
