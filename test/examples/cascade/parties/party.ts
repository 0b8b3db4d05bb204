// What the programs of the story have in common: each is a process of its own with an HTTP server on loopback, and is
// told what to do over the line to its parent. The parent's commands stand for a person at a keyboard; everything the
// parties want from each other travels over HTTP.

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../../src/base/json.ts';

/** What a party can be told to do. */
export type Verbs = Readonly<Record<string, (input: never) => Promise<unknown>>>;

export type Command = { readonly id: number; readonly verb: string; readonly input: unknown };
export type Report =
  | { readonly ready: true; readonly url: string }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/** Listens on a free port, hands its own URL to `make`, and then does what it is told until the parent goes away. */
export async function beParty(make: (url: string, server: Server) => Verbs): Promise<void> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const verbs = make(url, server);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (command: Command) => void obey(verbs, command));
  report({ ready: true, url });
}

async function obey(verbs: Verbs, { id, verb, input }: Command): Promise<void> {
  try {
    report({ id, result: await verbs[verb]?.(input as never) });
  } catch (thrown) {
    report({ id, error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
  }
}

const report = (message: Report): void => void process.send?.(message);

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: JsonObject;
};

/** Turns a function from request to answer into a listener; the body is read with a bound. */
export function answering(
  answer: (request: IncomingMessage, body: string) => Promise<Answer>,
): RequestListener {
  return (request, response) => {
    readBody(request)
      .then((body) => answer(request, body))
      .catch(() => ({ status: 500, body: { error: 'server_error' } }))
      .then((reply: Answer) => send(response, reply))
      .catch(() => response.destroy());
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > 100_000) throw new Error('body too large');
  }
  return body;
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers });
  response.end(JSON.stringify(body));
}
