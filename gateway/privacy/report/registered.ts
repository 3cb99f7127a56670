import { limits } from '../../../contract/limits.ts';
import { ALERT_LIFE_MS } from '../../alerts/alerts.ts';
import { AUDIT_LIFE_MS } from '../../registry/audit.ts';
import { AUDIT_LEAST_MS } from '../../registry/audit-schema.ts';
import { COMMAND_LIFE_MS } from '../../registry/command-table.ts';
import { ERASURE_LIFE_MS } from '../../registry/erasure-table.ts';
import { EVENT_LIFE_MS } from '../../registry/events.ts';
import { LISTED_AFTER_END_MS } from '../../registry/issued-certificates.ts';
import { JOIN_REQUEST_REMEMBERED_MS } from '../../registry/join-requests.ts';
import { JOIN_TOKEN_REMEMBERED_MS } from '../../registry/join-tokens.ts';
import { REJECTS_MAX } from '../../registry/rejects.ts';
import { SESSION_IDLE_MS, SESSION_LIFE_MS } from '../../registry/sessions.ts';
import { TOKEN_ENDED_SHOWN_MS } from '../../registry/tokens.ts';
import { byDevice, byUser, type Holding, inRegistry, keptDays } from './holding.ts';

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** What the registry keeps. */
export const registeredHoldings: readonly Holding[] = [
  {
    id: 'people',
    dataClass: 'personal',
    what: {
      en: 'Accounts of people: user name, role, scrypt hash of the password, when it was set',
      'zh-CN': '人员账号：用户名、角色、口令的 scrypt 散列值、设置时间',
    },
    purpose: { en: 'to let nobody else in', 'zh-CN': '防止他人登录' },
    place: inRegistry,
    keptFor: () => ({ text: { en: 'until the account is removed', 'zh-CN': '至账号被删除' } }),
    erasedBy: byUser,
    tables: ['users'],
  },
  {
    id: 'sessions',
    dataClass: 'personal',
    what: { en: 'Who is signed in, since when and when last seen', 'zh-CN': '已登录者、登录时间与最近使用时间' },
    purpose: {
      en: 'to ask for the password once a day rather than at each click',
      'zh-CN': '避免每次操作都要求输入口令',
    },
    place: inRegistry,
    keptFor: () =>
      keptDays(SESSION_LIFE_MS / DAY_MS, (days) => ({
        en: `until ${SESSION_IDLE_MS / HOUR_MS} hours without use, ${days} days at most`,
        'zh-CN': `闲置 ${SESSION_IDLE_MS / HOUR_MS} 小时即失效，最长 ${days} 天`,
      })),
    erasedBy: byUser,
    tables: ['sessions'],
  },
  {
    id: 'tokens',
    dataClass: 'personal',
    what: {
      en: 'Tokens of programs, and who made them; of the token itself the SHA-256',
      'zh-CN': '程序令牌及其创建者；令牌本身仅存 SHA-256',
    },
    purpose: { en: 'to let programs in and to know who answers for them', 'zh-CN': '允许程序接入并明确责任人' },
    place: inRegistry,
    keptFor: () =>
      keptDays(TOKEN_ENDED_SHOWN_MS / DAY_MS, (days) => ({
        en: `until ${days} days after the token ends`,
        'zh-CN': `至令牌到期后 ${days} 天`,
      })),
    erasedBy: byUser,
    tables: ['tokens'],
  },
  {
    id: 'join-tokens',
    dataClass: 'personal',
    what: {
      en: 'Tokens that let a device in: who made one, for which device, which device joined with it and when',
      'zh-CN': '设备加入令牌：创建者、指定设备、实际加入的设备与时间',
    },
    purpose: { en: 'to know who let which device in', 'zh-CN': '明确由谁准许哪台设备加入' },
    place: inRegistry,
    keptFor: () =>
      keptDays(JOIN_TOKEN_REMEMBERED_MS / DAY_MS, (days) => ({
        en: `until ${days} days after its use or its end`,
        'zh-CN': `至使用或到期后 ${days} 天`,
      })),
    erasedBy: {
      en: '`privacy erase --user` (who made it), `--device` (who joined)',
      'zh-CN': '`privacy erase --user`（创建者）、`--device`（加入的设备）',
    },
    tables: ['join_tokens'],
  },
  {
    id: 'join-requests',
    dataClass: 'internal',
    what: {
      en: 'Devices that asked to join: wished name, address, key, code and what became of it',
      'zh-CN': '设备加入申请：期望名称、地址、公钥、核对码与处理结果',
    },
    purpose: { en: 'to let an administrator decide', 'zh-CN': '供管理员审批' },
    place: inRegistry,
    keptFor: () =>
      keptDays(JOIN_REQUEST_REMEMBERED_MS / DAY_MS, (days) => ({
        en: `until ${days} days after its end`,
        'zh-CN': `至申请到期后 ${days} 天`,
      })),
    erasedBy: byDevice,
    tables: ['join_requests'],
  },
  {
    id: 'device-accounts',
    dataClass: 'internal',
    what: {
      en: 'Accounts of devices: name and, where it has a password, its hash; of a certificate nothing but a number',
      'zh-CN': '设备账号：名称，以及口令（如有）的散列值；证书仅存版本号',
    },
    purpose: { en: 'to let nobody else report', 'zh-CN': '防止他人冒名上报' },
    place: inRegistry,
    keptFor: () => ({
      text: {
        en: 'until it is erased: a revoked account stays, so that nothing older opens the door again',
        'zh-CN': '至被删除；吊销的账号仍保留，以防旧凭据再次可用',
      },
    }),
    erasedBy: byDevice,
    tables: ['credentials'],
  },
  {
    id: 'certificates',
    dataClass: 'internal',
    what: {
      en: 'Certificates that devices got: serial number, device, end, and since when one is revoked',
      'zh-CN': '已签发的设备证书：序列号、设备、到期时间、吊销时间',
    },
    purpose: { en: 'to tell others which certificates are revoked', 'zh-CN': '向他方公布已吊销的证书' },
    place: inRegistry,
    keptFor: () =>
      keptDays(LISTED_AFTER_END_MS / DAY_MS, (days) => ({
        en: `until ${days} days after the certificate ends`,
        'zh-CN': `至证书到期后 ${days} 天`,
      })),
    erasedBy: { en: '`privacy erase --device`: a number stays', 'zh-CN': '`privacy erase --device`，仅保留序列号' },
    tables: ['issued_certificates'],
  },
  {
    id: 'devices',
    dataClass: 'internal',
    what: {
      en: 'Devices: when seen, what they are made of, their own network addresses, host name',
      'zh-CN': '设备：在线情况、软硬件清单、自身网络地址、主机名',
    },
    purpose: { en: 'to know what there is and whether it is there', 'zh-CN': '掌握设备清单与在线情况' },
    place: inRegistry,
    keptFor: () => ({ text: { en: 'until the device is erased', 'zh-CN': '至设备被删除' } }),
    erasedBy: byDevice,
    tables: ['devices', 'inventories'],
  },
  {
    id: 'events',
    dataClass: 'personal',
    what: {
      en: 'Events that devices tell, which may name addresses and pseudonyms',
      'zh-CN': '设备上报的事件，可能含网络地址与假名',
    },
    purpose: {
      en: 'to look into attacks and faults; the law asks for six months of security logs',
      'zh-CN': '排查攻击与故障；法律要求安全日志留存不少于六个月',
    },
    place: inRegistry,
    keptFor: () =>
      keptDays(EVENT_LIFE_MS / DAY_MS, (days) => ({
        en: `${days} days; where room is short, what is not about security goes earlier`,
        'zh-CN': `${days} 天；空间不足时，非安全类事件提前删除`,
      })),
    erasedBy: { en: '`privacy erase --client` or `--device`', 'zh-CN': '`privacy erase --client` 或 `--device`' },
    tables: ['events'],
  },
  {
    id: 'commands',
    dataClass: 'internal',
    what: {
      en: 'Commands to devices and what came of them, such as measured throughput and checks of a room; not who asked',
      'zh-CN': '发给设备的命令及其结果（如实测吞吐量、教室网络检查），不含发起人',
    },
    purpose: { en: 'to compare measurements over time', 'zh-CN': '对比历次测量结果' },
    place: inRegistry,
    keptFor: () =>
      keptDays(COMMAND_LIFE_MS / DAY_MS, (days) => ({
        en: `${days} days, the newest ${limits.commandsPerDevice} of each device`,
        'zh-CN': `${days} 天，每台设备最近 ${limits.commandsPerDevice} 条`,
      })),
    erasedBy: byDevice,
    tables: ['commands'],
  },
  {
    id: 'rejects',
    dataClass: 'personal',
    what: {
      en: 'Messages that were refused: why, from which device, how they begin (200 characters, without MAC addresses)',
      'zh-CN': '被拒收的消息：原因、来源设备、开头内容（200 个字符，不含 MAC 地址）',
    },
    purpose: { en: 'to find out what a device does wrong', 'zh-CN': '查找设备上报错误的原因' },
    place: inRegistry,
    keptFor: () => ({
      text: {
        en: `the newest ${REJECTS_MAX}`,
        'zh-CN': `最近 ${REJECTS_MAX} 条`,
      },
    }),
    erasedBy: { en: '`privacy erase --client` or `--device`', 'zh-CN': '`privacy erase --client` 或 `--device`' },
    tables: ['rejects'],
  },
  {
    id: 'alerts',
    dataClass: 'personal',
    what: {
      en: 'Alerts, with who took them up or closed them and what was said',
      'zh-CN': '告警，含确认者、关闭者及其留言',
    },
    purpose: { en: 'to know what was wrong and who sees to it', 'zh-CN': '记录问题及其处理人' },
    place: inRegistry,
    keptFor: () =>
      keptDays(ALERT_LIFE_MS / DAY_MS, (days) => ({
        en: `until ${days} days after the alert was cleared`,
        'zh-CN': `至告警解除后 ${days} 天`,
      })),
    erasedBy: {
      en: '`privacy erase --user` (name and note), `--client` or `--device` (the alert)',
      'zh-CN': '`privacy erase --user`（姓名与留言）、`--client` 或 `--device`（整条告警）',
    },
    tables: ['alerts'],
  },
  {
    id: 'audit',
    dataClass: 'personal',
    what: {
      en: 'Audit log: who did what to what, from which network address, with which outcome and, for a name that was shown, the reason; people and devices by pseudonyms',
      'zh-CN': '审计日志：操作者、操作、对象、来源网络地址、结果，以及查看姓名的理由；人员与设备以假名记录',
    },
    purpose: {
      en: 'to find out who did what; the law asks for six months',
      'zh-CN': '追溯操作；法律要求留存不少于六个月',
    },
    place: inRegistry,
    keptFor: () =>
      keptDays(AUDIT_LIFE_MS / DAY_MS, (days) => ({
        en: `${days} days, never fewer than ${AUDIT_LEAST_MS / DAY_MS}`,
        'zh-CN': `${days} 天，且不少于 ${AUDIT_LEAST_MS / DAY_MS} 天`,
      })),
    erasedBy: {
      en: 'no row: erasing forgets whom its pseudonym stood for; network addresses and reasons stay until the row’s time is over',
      'zh-CN': '行本身不删除：删除操作使其假名不再对应任何人；网络地址与理由保留至该行到期',
    },
    tables: ['audit'],
  },
  {
    id: 'audit-names',
    dataClass: 'personal',
    what: {
      en: 'Whom the pseudonyms of the audit log stand for',
      'zh-CN': '审计日志假名与姓名、设备名的对应关系',
    },
    purpose: { en: 'to show names to those who have a reason', 'zh-CN': '供有正当理由者查看姓名' },
    place: inRegistry,
    keptFor: () =>
      keptDays(AUDIT_LIFE_MS / DAY_MS, (days) => ({
        en: `for as long as a row has the pseudonym, ${days} days after its last`,
        'zh-CN': `与使用该假名的最后一行相同，${days} 天`,
      })),
    erasedBy: { en: '`privacy erase --user` or `--device`', 'zh-CN': '`privacy erase --user` 或 `--device`' },
    tables: ['audit_names'],
  },
  {
    id: 'erasures',
    dataClass: 'internal',
    what: {
      en: 'Erasures: who asked for one and when it was done; whom it was about only until it is done',
      'zh-CN': '删除记录：申请者与完成时间；被删除者仅记录到完成为止',
    },
    purpose: { en: 'to show that it was done', 'zh-CN': '证明已执行删除' },
    place: inRegistry,
    keptFor: () => keptDays(ERASURE_LIFE_MS / DAY_MS, (days) => ({ en: `${days} days`, 'zh-CN': `${days} 天` })),
    erasedBy: { en: '`privacy erase --user` (who asked)', 'zh-CN': '`privacy erase --user`（申请者）' },
    tables: ['erasures'],
  },
];
