import type { LocalText } from '../../../contract/alert.ts';

/** What a site does not keep, and what there is in its place. */
export const notKept: readonly { what: LocalText; instead: LocalText }[] = [
  {
    what: { en: 'MAC addresses of people’s devices', 'zh-CN': '个人终端的 MAC 地址' },
    instead: {
      en: 'HMAC-SHA-256 under the site’s key, cut to 64 bits; keys that are over are deleted, and then nobody can tell whose pseudonym it was',
      'zh-CN': '以站点密钥计算的 HMAC-SHA-256（截取 64 位）；过期密钥即删除，此后无人能还原',
    },
  },
  {
    what: { en: 'What is sent over the network: pages, messages, content', 'zh-CN': '网络传输内容：网页、消息、正文' },
    instead: { en: 'nothing: payloads are never captured', 'zh-CN': '无：从不采集报文内容' },
  },
  {
    what: { en: 'Passwords, tokens and session cookies', 'zh-CN': '口令、令牌与会话 Cookie' },
    instead: {
      en: 'scrypt hashes of passwords, SHA-256 of random secrets',
      'zh-CN': '口令仅存 scrypt 散列值，随机密钥仅存 SHA-256',
    },
  },
  {
    what: {
      en: 'Keys of boxes that have joined',
      'zh-CN': '已加入设备的密钥',
    },
    instead: {
      en: 'the number of its certificate: the key never leaves the box',
      'zh-CN': '仅存证书序列号：密钥不离开设备',
    },
  },
  {
    what: {
      en: 'Users of the boxes’ operating systems, SIM card identities, client devices in inventories',
      'zh-CN': '设备操作系统用户名、SIM 卡标识、清单中的终端信息',
    },
    instead: {
      en: 'nothing: an inventory holds the fields of its schema alone',
      'zh-CN': '无：设备清单仅含其数据结构所列字段',
    },
  },
  {
    what: { en: 'Whom an erasure was about', 'zh-CN': '已完成删除的对象' },
    instead: { en: 'that it was done, when, and who asked', 'zh-CN': '仅记录已执行、时间与申请者' },
  },
];
