import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

// Run by tests as a process: a web page by TLS on port 443 of every address. Arguments: the files of certificate and key.
const [, , certificate, key] = process.argv;
if (certificate === undefined || key === undefined) throw new Error('usage: run-portal.ts CERTIFICATE KEY');
createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end('<!doctype html><title>Portal</title>');
}).listen(443, '::', () => process.stdout.write('ready\n'));
