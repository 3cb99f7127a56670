import { open } from 'node:fs/promises';
import { type Static, Type } from '#typebox';
import { type ErrorCode, errorCodes } from '../../../contract/errors.ts';
import { actorOf } from '../../access/identity.ts';
import type { Backup } from '../../backup/backups.ts';
import { BACKUP_NAME_PATTERN } from '../../backup/folder.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { sendFile } from '../raw-answer.ts';
import { Nothing } from '../schemas.ts';

/** Backups kept at most when old ones are deleted: one a day for some years. */
const KEEP_MAX = 1000;

const BackupView = Type.Object({
  name: Type.String(),
  state: Type.Enum(['running', 'complete', 'failed']),
  created_at: Type.Integer(),
  bytes: Type.Integer({ minimum: 0, description: 'of the file; 0 while there is none' }),
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  failure: Type.Optional(
    Type.Object({ code: Type.Enum(Object.keys(errorCodes) as ErrorCode[]), detail: Type.String() }),
  ),
});
const NameParams = Type.Object({ name: Type.String({ pattern: BACKUP_NAME_PATTERN }) });

/** `/backups`: copies of the whole home. They hold credentials, so they are for administrators alone. */
export function addBackups(app: Api, { registry, backups, log }: Pick<HttpDeps, 'registry' | 'backups' | 'log'>): void {
  const record = (who: { actor: string; address: string }, action: string, target: string, detail = ''): void =>
    registry.audit.record({ ...who, action, target, outcome: 'ok', detail });

  app.route({
    method: 'GET',
    url: '/backups',
    config: { role: 'admin', scope: 'backups' },
    schema: {
      summary: 'Backups of the home, newest first, with the one under way or the failure of the last',
      response: { 200: Type.Object({ backups: Type.Array(BackupView) }) },
    },
    handler: () => ({ backups: backups.list().map(backupView) }),
  });

  app.route({
    method: 'POST',
    url: '/backups',
    config: { role: 'admin', scope: 'backups', rate: 'costly' },
    schema: {
      summary: 'Begin a backup of the home; the list shows how far it is',
      body: Type.Object(
        {
          keep: Type.Optional(Type.Integer({ minimum: 1, maximum: KEEP_MAX, description: 'delete older ones beyond' })),
        },
        { additionalProperties: false },
      ),
      response: { 202: BackupView },
    },
    preValidation: async (request) => {
      request.body ??= {};
    },
    handler: async (request, reply) => {
      const { keep } = request.body;
      const who = { actor: actorOf(identityOf(request)), address: addressOf(request) };
      const backup = backups.start({
        ...(keep === undefined ? {} : { keep }),
        onComplete: (name, { bytes, files }, deleted) => {
          record(who, 'backup.create', name, `${files} files, ${bytes} bytes`);
          for (const old of deleted) record(who, 'backup.delete', old, `more than ${keep}`);
          log.info({ backup: name, bytes, files }, 'a backup was made');
        },
        onFailed: (name, error) => log.error({ err: error, backup: name }, 'a backup failed'),
      });
      return reply.code(202).send(backupView(backup));
    },
  });

  app.route({
    method: 'GET',
    url: '/backups/:name',
    config: { role: 'admin', scope: 'backups' },
    exposeHeadRoute: false,
    schema: { summary: 'Download a backup', params: NameParams, produces: ['application/zstd'] },
    handler: async (request, reply) => {
      const { name } = request.params;
      const path = backups.file(name);
      record({ actor: actorOf(identityOf(request)), address: addressOf(request) }, 'backup.download', name);
      await sendFile(reply, { file: await open(path), name, type: 'application/zstd' });
    },
  });

  app.route({
    method: 'DELETE',
    url: '/backups/:name',
    config: { role: 'admin', scope: 'backups' },
    schema: {
      summary: 'Delete a backup, or end one that is under way',
      params: NameParams,
      response: { 204: Nothing },
    },
    handler: async (request, reply) => {
      const { name } = request.params;
      await backups.remove(name);
      record({ actor: actorOf(identityOf(request)), address: addressOf(request) }, 'backup.delete', name);
      return reply.code(204).send(null);
    },
  });
}

function backupView({ name, state, createdAt, bytes, progress, failure }: Backup): Static<typeof BackupView> {
  return {
    ...{ name, state, created_at: createdAt, bytes, progress },
    ...(failure === undefined ? {} : { failure: { code: failure.code, detail: failure.message } }),
  };
}
