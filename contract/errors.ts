/**
 * Every error the product reports, by code: on the wire in `rejects`, in problem documents (RFC 9457) and on the terminal.
 * docs/errors.md lists them; a test compares the two. Codes may be added, never renamed or reused.
 */
export interface ErrorSpec {
  /** HTTP status, where the API answers with this code. */
  readonly status?: number;
  readonly en: string;
  readonly zh: string;
}

export const errorCodes = {
  // Payloads that a device sent and the gateway kept as rejects.
  payload_too_large: { status: 413, en: 'The payload is larger than allowed.', zh: '消息超过允许的大小。' },
  packet_too_large: {
    en: 'The MQTT packet is larger than allowed; the connection was closed.',
    zh: 'MQTT 报文超过允许的大小，连接已关闭。',
  },
  packet_malformed: {
    en: 'The MQTT packet breaks the protocol; the connection was closed.',
    zh: 'MQTT 报文不符合协议，连接已关闭。',
  },
  not_utf8: { en: 'The payload is not UTF-8.', zh: '消息不是有效的 UTF-8。' },
  not_json: { en: 'The payload is not JSON.', zh: '消息不是有效的 JSON。' },
  wrong_shape: { en: 'The payload does not have the shape of its channel.', zh: '消息结构与所属频道不符。' },
  timestamp_in_future: { en: 'A timestamp lies in the future.', zh: '时间戳在未来。' },
  timestamp_too_old: { en: 'A timestamp is too old.', zh: '时间戳过旧。' },
  series_limit: {
    en: 'The device or site has too many series; the new ones were refused.',
    zh: '设备或站点的序列过多，新序列被拒绝。',
  },
  field_limit: {
    en: 'The measurement has too many fields, or there are too many measurements.',
    zh: '该度量的字段过多，或度量过多。',
  },
  event_limit: {
    en: 'The device reports more events than are kept; this one was refused.',
    zh: '设备上报的事件过多，超出部分被拒绝。',
  },
  personal_data: {
    en: 'A hardware address of somebody’s device stands in clear in a measurement that may not hold one.',
    zh: '度量中含有个人设备的明文硬件地址，已被拒绝。',
  },
  field_type_conflict: { en: 'A field arrives with another type than before.', zh: '字段类型与此前不一致。' },
  store_refused: {
    en: 'The store cannot hold the message; it was set aside so that others need not wait.',
    zh: '存储无法保存该消息，已将其搁置，以免阻塞其他数据。',
  },
  store_failed: {
    en: 'The store fails over the message again and again while it takes others; it was set aside so that others need not wait.',
    zh: '存储能接收其他数据，却反复在该消息上出错，已将其搁置，以免阻塞其他数据。',
  },
  topic_invalid: { en: 'The topic is none of the contract.', zh: '主题不在约定之内。' },
  rate_limited: {
    status: 429,
    en: 'Too many requests or messages; try again later.',
    zh: '请求或消息过于频繁，请稍后再试。',
  },
  // Who may do what.
  not_authenticated: { status: 401, en: 'Sign in first, or send a bearer token.', zh: '请先登录，或提供令牌。' },
  credentials_wrong: { status: 401, en: 'The user name or password is wrong.', zh: '用户名或密码不正确。' },
  credentials_missing: { en: 'The client sent no user name and password.', zh: '客户端未提供用户名和密码。' },
  certificate_expired: {
    status: 403,
    en: 'The certificate has expired, or does not hold yet.',
    zh: '证书已过期或尚未生效。',
  },
  certificate_unknown: {
    status: 403,
    en: 'The certificate is of another site, or is none for a device.',
    zh: '证书不属于本站点，或不是设备证书。',
  },
  certificate_revoked: {
    status: 403,
    en: 'The device was revoked, or joined anew since.',
    zh: '该设备已被吊销，或之后已重新加入。',
  },
  request_stale: {
    status: 403,
    en: 'The request was not signed within the last minutes, or it came before: the clocks of the two machines may differ.',
    zh: '请求签名时间与网关时间相差过大，或该请求已提交过，请检查两台设备的时钟。',
  },
  join_token_unknown: { status: 403, en: 'There is no such join token.', zh: '加入令牌不存在。' },
  join_token_used: {
    status: 403,
    en: 'The join token has been used: it serves once.',
    zh: '加入令牌已被使用（仅限一次）。',
  },
  join_token_expired: { status: 403, en: 'The join token has expired.', zh: '加入令牌已过期。' },
  join_token_other_site: {
    status: 403,
    en: 'The join token is of another site than the gateway.',
    zh: '加入令牌属于其他站点。',
  },
  join_requests_off: {
    status: 409,
    en: 'Devices may not ask to join this gateway: gateway.join.requests is off.',
    zh: '本网关未开启设备加入申请（gateway.join.requests）。',
  },
  join_requests_full: {
    status: 429,
    en: 'As many devices wait for an approval as may; try again later.',
    zh: '等待批准的设备已达上限，请稍后再试。',
  },
  join_request_unknown: {
    status: 403,
    en: 'There is no such request to join, or no longer.',
    zh: '加入申请不存在，或已被清除。',
  },
  join_request_rejected: {
    status: 403,
    en: 'An administrator has rejected the request to join.',
    zh: '管理员已拒绝该加入申请。',
  },
  join_request_expired: {
    status: 403,
    en: 'The request to join has expired before it was approved, or before the device fetched its certificate.',
    zh: '加入申请已过期：未及时获得批准，或设备未及时领取证书。',
  },
  address_banned: {
    en: 'Too many log-ins failed at this address; only right ones are answered.',
    zh: '该地址登录失败次数过多，仅响应凭据正确的登录。',
  },
  connection_limit: {
    en: 'There are too many connections, or they come too fast; this one was closed.',
    zh: '连接过多或过于频繁，该连接已关闭。',
  },
  client_id_invalid: { en: 'The client identifier is not allowed.', zh: '客户端标识不被允许。' },
  forbidden: { status: 403, en: 'Your role does not allow this.', zh: '您的角色无权执行此操作。' },
  qos_not_supported: { en: 'QoS 2 is not supported: send with QoS 1.', zh: '不支持 QoS 2，请使用 QoS 1。' },
  topic_forbidden: { en: 'This client may not use that topic.', zh: '该客户端无权使用此主题。' },
  // The HTTP API.
  request_invalid: { status: 400, en: 'The request does not fit its schema.', zh: '请求不符合规定格式。' },
  not_found: { status: 404, en: 'There is no such thing.', zh: '未找到。' },
  already_exists: { status: 409, en: 'It exists already.', zh: '已存在。' },
  state_conflict: { status: 409, en: 'Its present state does not allow this.', zh: '当前状态不允许此操作。' },
  store_unavailable: {
    status: 503,
    en: 'The store does not answer; nothing acknowledged is lost.',
    zh: '存储暂不可用；已确认的数据不会丢失。',
  },
  flows_unavailable: {
    status: 503,
    en: 'The flows process does not answer; it may be starting, or its editor is switched off.',
    zh: '规则流进程没有应答：可能正在启动，或其编辑器已关闭。',
  },
  disk_full: { status: 507, en: 'There is not enough room on the disk.', zh: '磁盘空间不足。' },
  not_ready: { status: 503, en: 'Not ready just now.', zh: '暂未就绪。' },
  internal: { status: 500, en: 'Something went wrong inside; the log has the details.', zh: '内部错误，详见日志。' },
  // Commands to devices.
  device_offline: { status: 409, en: 'The device is offline.', zh: '设备不在线。' },
  command_unsupported: {
    status: 409,
    en: 'The device, or this gateway, does not carry out this command.',
    zh: '该设备或本网关不支持此命令。',
  },
  command_busy: {
    status: 409,
    en: 'The device still carries out a command, or waits for its turn.',
    zh: '设备正在执行命令，或正在排队。',
  },
  command_queue_full: {
    status: 429,
    en: 'As many devices wait for their turn as may; try again later.',
    zh: '排队的设备已达上限，请稍后再试。',
  },
  command_expired: {
    en: 'Nobody answered the command in time.',
    zh: '命令未在规定时间内得到应答。',
  },
  program_missing: {
    en: 'A program that this needs is not installed.',
    zh: '缺少所需的程序，请先安装。',
  },
  same_machine: {
    status: 409,
    en: 'The gateway is this very machine: there is no network between the two to measure.',
    zh: '网关就是本机，两者之间没有可测量的网络。',
  },
  measurement_failed: { en: 'Nothing could be measured.', zh: '测量失败。' },
  // Starting up and the command line.
  node_too_old: { en: 'Node.js 24 or newer is needed.', zh: '需要 Node.js 24 或更高版本。' },
  installation_incomplete: { en: 'Something that npm ci brings is missing.', zh: '安装不完整，请运行 npm ci。' },
  usage: { en: 'The command was used wrongly.', zh: '命令用法不正确。' },
  config_invalid: { en: 'The configuration file is not valid.', zh: '配置文件无效。' },
  port_invalid: { en: 'The port is not a number from 1 to 65535.', zh: '端口必须是 1 到 65535 的数字。' },
  port_taken: { en: 'The port is taken by another program.', zh: '端口已被其他程序占用。' },
  home_not_writable: { en: 'The home directory cannot be written.', zh: '主目录不可写。' },
  home_locked: { en: 'Another gateway runs on this home directory.', zh: '该主目录已有网关在运行。' },
  tls_required: { en: 'Plain text is allowed on loopback addresses only.', zh: '明文仅允许监听回环地址。' },
  gateway_not_verified: {
    en: 'The gateway could not show that it is the one meant; nothing secret was sent.',
    zh: '无法确认网关身份，未发送任何机密信息。',
  },
  gateway_unreachable: { en: 'The gateway does not answer.', zh: '网关没有响应。' },
  certificate_unusable: { en: 'The certificate or its key cannot be used.', zh: '证书或其私钥不可用。' },
  credentials_absent: { en: 'The credentials of this process are not there yet.', zh: '该进程的凭据尚不存在。' },
  store_misconfigured: { en: 'The store does not accept the configured database.', zh: '存储不接受所配置的数据库。' },
  store_unusable: { en: 'The file of the store cannot be used.', zh: '存储文件不可用。' },
  queue_full: { en: 'The durable queue has reached its bound.', zh: '持久队列已达上限。' },
  queue_closed: { en: 'The durable queue is closed.', zh: '持久队列已关闭。' },
  queue_failed: { en: 'The durable queue cannot write to its disk.', zh: '持久队列无法写入磁盘。' },
  queue_damaged: {
    en: 'The durable queue’s file is damaged; what can be read is saved at the next start.',
    zh: '持久队列文件已损坏；下次启动时将抢救可读取的内容。',
  },
  backup_invalid: {
    en: 'The file is no backup, is damaged, or is of a newer version.',
    zh: '该文件不是备份、已损坏，或来自更新的版本。',
  },
  registry_unusable: { en: 'The registry file cannot be used.', zh: '注册表文件不可用。' },
  serial_busy: { en: 'Another program uses the serial port.', zh: '串口正被其他程序占用。' },
  serial_forbidden: {
    en: 'The serial port may not be opened: its group, dialout as a rule, is missing.',
    zh: '无权打开串口：缺少其所属组（通常为 dialout）。',
  },
  serial_failed: { en: 'The serial port failed, or was unplugged.', zh: '串口出错，或设备已被拔出。' },
  modem_silent: { en: 'The modem does not answer.', zh: '调制解调器没有应答。' },
  modem_refused: { en: 'The modem answered a command with an error.', zh: '调制解调器以错误应答命令。' },
  parse_failed: { en: 'A file of the system does not read as expected.', zh: '系统文件内容不符合预期。' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof errorCodes;

/** An error of the product: `code` is documented, `message` says what was expected, what came and what to do. */
export class CampusError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CampusError';
    this.code = code;
  }
}

/** The description of a code. */
export function errorSpec(code: ErrorCode): ErrorSpec {
  return errorCodes[code];
}
