import type { LocalText } from '../../../contract/alert.ts';
import { mqttBanRule } from '../../access/bans.ts';
import { parseSyslogUrl } from '../../syslog/syslog-config.ts';
import { byDevice, type Holding, type Settings } from './holding.ts';

const HOUR_MS = 3600 * 1000;

const byItself: LocalText = { en: 'goes by itself', 'zh-CN': '自动清除' };

/** What lies outside of stores and registry. */
export const otherHoldings: readonly Holding[] = [
  {
    id: 'spool',
    dataClass: 'personal',
    what: {
      en: 'Messages of devices that a store has not taken yet',
      'zh-CN': '数据存储尚未取走的设备消息',
    },
    purpose: { en: 'to lose no measurement while a store is away', 'zh-CN': '数据存储不可用时不丢失数据' },
    place: { en: 'spool (gateway/spool.sqlite)', 'zh-CN': '缓冲队列（gateway/spool.sqlite）' },
    keptFor: ({ spool }) => ({
      text: {
        en: `until every store has taken them, ${spool.max_bytes} bytes at most`,
        'zh-CN': `至所有存储取走为止，最多 ${spool.max_bytes} 字节`,
      },
    }),
    erasedBy: {
      en: '`privacy erase`, which waits until the stores have taken them',
      'zh-CN': '`privacy erase`（等待存储取走后删除）',
    },
    elsewhere: 'spool',
  },
  {
    id: 'pseudonym-keys',
    dataClass: 'sensitive',
    what: {
      en: 'The key by which the MAC addresses of clients become pseudonyms, one a site',
      'zh-CN': '将终端 MAC 地址转换为假名的密钥，每站点一个',
    },
    purpose: {
      en: 'to have one client be one client for some days, without telling which',
      'zh-CN': '在数日内识别同一终端，而不暴露其身份',
    },
    place: {
      en: 'gateway/pseudonym-keys.json, and in the memory of agents; in no backup',
      'zh-CN': 'gateway/pseudonym-keys.json 与采集代理内存；不进入备份',
    },
    keptFor: ({ privacy }) => ({
      days: privacy.pseudonym_days,
      text: {
        en: `${privacy.pseudonym_days} days, then another takes its place`,
        'zh-CN': `${privacy.pseudonym_days} 天，到期更换`,
      },
    }),
    erasedBy: byItself,
    elsewhere: 'keys',
  },
  {
    id: 'failed-logins',
    dataClass: 'personal',
    what: {
      en: 'Network addresses and names that failed to log in',
      'zh-CN': '登录失败的网络地址与用户名',
    },
    purpose: { en: 'to make guessing passwords slow', 'zh-CN': '阻止猜测口令' },
    place: { en: 'memory of the gateway', 'zh-CN': '网关内存' },
    keptFor: () => ({
      days: mqttBanRule.forgetMs / (24 * HOUR_MS),
      text: {
        en: `until ${mqttBanRule.forgetMs / HOUR_MS} hours without a further failure, or the next start`,
        'zh-CN': `至 ${mqttBanRule.forgetMs / HOUR_MS} 小时无再次失败，或网关重启`,
      },
    }),
    erasedBy: byItself,
  },
  {
    id: 'flows-memory',
    dataClass: 'internal',
    what: {
      en: 'What rules remember of devices, so that an alert is raised once',
      'zh-CN': '规则对设备状态的记忆，避免重复告警',
    },
    purpose: { en: 'to raise each alert once', 'zh-CN': '同一告警只产生一次' },
    place: { en: 'directory of the flows (flows/)', 'zh-CN': '流程目录（flows/）' },
    keptFor: () => ({
      text: { en: 'until the device is erased', 'zh-CN': '至设备被删除' },
    }),
    erasedBy: byDevice,
  },
  {
    id: 'outboxes',
    dataClass: 'internal',
    what: {
      en: 'Measurements and events that a box has not delivered yet, clients by pseudonyms',
      'zh-CN': '采集设备尚未送达的测量与事件，终端以假名标识',
    },
    purpose: { en: 'to lose nothing while the gateway is away', 'zh-CN': '网关不可用时不丢失数据' },
    place: { en: 'agent/ on each box', 'zh-CN': '各采集设备的 agent/ 目录' },
    keptFor: () => ({
      text: { en: 'until the gateway has them, or the outbox is full', 'zh-CN': '至网关收到，或发件箱已满' },
    }),
    erasedBy: {
      en: 'what comes after an erasure is new: revoke the box first',
      'zh-CN': '删除之后送达的数据视为新数据：请先吊销该设备',
    },
  },
  {
    id: 'backups',
    dataClass: 'personal',
    what: {
      en: 'Backups: all of the above as it was then, but for the keys of the pseudonyms, sessions and what is in memory',
      'zh-CN': '备份：上述全部数据在当时的副本；不含假名密钥、会话与内存数据',
    },
    purpose: { en: 'to go on after a disk has died', 'zh-CN': '磁盘损坏后恢复' },
    place: {
      en: 'backups/ of the home; those that were written elsewhere are not counted here',
      'zh-CN': '主目录的 backups/；写到别处的备份不在统计之列',
    },
    keptFor: () => ({
      text: {
        en: 'until somebody deletes them; `backup --keep N` leaves the newest N',
        'zh-CN': '至人工删除；`backup --keep N` 只保留最近 N 份',
      },
    }),
    erasedBy: {
      en: 'not by an erasure: delete the backups that were made before it',
      'zh-CN': '删除操作不影响已有备份：请删除此前的备份',
    },
    elsewhere: 'backups',
  },
  {
    id: 'process-logs',
    dataClass: 'internal',
    what: {
      en: 'Logs of the processes: what fails, without names of people, devices or clients',
      'zh-CN': '进程日志：记录故障，不含人员、设备或终端名称',
    },
    purpose: { en: 'to find faults of the product', 'zh-CN': '排查产品故障' },
    place: {
      en: 'the system’s journal; the product keeps none itself',
      'zh-CN': '系统日志（journal）；产品自身不保存',
    },
    keptFor: () => ({
      text: { en: 'as long as the system’s journal says', 'zh-CN': '取决于系统日志的设置' },
    }),
    erasedBy: { en: 'holds nobody', 'zh-CN': '不含个人信息' },
  },
  {
    id: 'syslog',
    dataClass: 'personal',
    what: { en: 'Copies of the audit log on a syslog server', 'zh-CN': '发往 syslog 服务器的审计日志副本' },
    purpose: {
      en: 'to have a witness that an intruder on this machine cannot change',
      'zh-CN': '留存入侵者无法篡改的证据',
    },
    place: { en: 'the server at gateway.syslog.url', 'zh-CN': 'gateway.syslog.url 所指服务器' },
    keptFor: ({ syslog }) => ({ text: syslogText(syslog) }),
    erasedBy: {
      en: 'no: pseudonyms lose their meaning here, names that were sent stay there',
      'zh-CN': '不能删除：假名在本机失去对应关系，已发送的姓名仍留在服务器上',
    },
  },
];

function syslogText({ url, names }: Settings['syslog']): LocalText {
  if (url === undefined) return { en: 'nothing is sent', 'zh-CN': '未发送' };
  const { host } = parseSyslogUrl(url);
  return names
    ? { en: `as ${host} keeps it, with names`, 'zh-CN': `取决于 ${host}，含姓名` }
    : { en: `as ${host} keeps it, with pseudonyms`, 'zh-CN': `取决于 ${host}，仅含假名` };
}
