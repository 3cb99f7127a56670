import type { Socket } from 'node:net';
import type { Api } from './api.ts';
import { PROBLEM_TYPE, problemOf, sendProblem, toProblem } from './problem.ts';

/** Answers every error of a handler or hook with a problem document; those of the inside go to the log. */
export function addErrorAnswers(app: Api): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    // Not being ready is an answer that supervisors ask for again and again, not a failure.
    if (problem.status >= 500 && problem.code !== 'not_ready') {
      const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`;
      request.log.error({ err: error, code: problem.code, route }, 'a request failed');
    }
    return sendProblem(reply, problem, error);
  });
}

/** Answers what does not parse as HTTP at all (https://nodejs.org/api/http.html#event-clienterror). */
export function answerClientError(error: Error, socket: Socket): void {
  // A client that went away, or is too slow to send its request, gets no answer.
  if (('code' in error && error.code === 'ECONNRESET') || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(
    problemOf('request_invalid', 'the request is not HTTP/1.1, too long, or came too slowly'),
  );
  const head = [
    'HTTP/1.1 400 Bad Request',
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
