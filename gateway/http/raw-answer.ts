import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply } from 'fastify';

/** Read at once: few reads, and little memory for each client. */
const READ_BYTES = 256 * 1024;

type Headers = Record<string, number | string | string[]>;

/** Takes an answer over from fastify and writes its head, with the headers that were set on the reply before. */
export function writeHead(reply: FastifyReply, headers: Headers): void {
  reply.hijack();
  const set = Object.entries(reply.getHeaders()).flatMap(([name, value]): [string, number | string | string[]][] =>
    value === undefined ? [] : [[name, value]],
  );
  reply.raw.writeHead(200, { ...Object.fromEntries(set), ...headers });
}

/** Sends what is JSON already, in UTF-8. */
export function sendJson(reply: FastifyReply, json: Uint8Array): void {
  writeHead(reply, { 'content-type': 'application/json; charset=utf-8', 'content-length': json.byteLength });
  reply.raw.end(json);
}

/** Sends a page as a download: what the console's own pages may show is not what this one needs. */
export function sendPage(reply: FastifyReply, { html, name }: { html: string; name: string }): void {
  const body = Buffer.from(html);
  writeHead(reply, {
    ...{ 'content-type': 'text/html; charset=utf-8', 'content-length': body.byteLength },
    'content-disposition': disposition(name),
  });
  reply.raw.end(body);
}

/**
 * Sends an open file as a download and closes it. However slow the client takes it, the answer's time does not run out; a client that takes
 * nothing for a minute is gone.
 */
export async function sendFile(
  reply: FastifyReply,
  { file, name, type }: { file: FileHandle; name: string; type: string },
): Promise<void> {
  try {
    const { size } = await file.stat();
    writeHead(reply, {
      'content-type': type,
      'content-length': size,
      'content-disposition': disposition(name),
    });
    await pipeline(file.createReadStream({ highWaterMark: READ_BYTES }), reply.raw);
  } catch (error) {
    // A client that goes away before the end is no failure of ours.
    if (!reply.raw.destroyed) throw error;
  } finally {
    await file.close();
  }
}

function disposition(name: string): string {
  return `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}"`;
}
