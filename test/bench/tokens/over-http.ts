/** A client that keeps its connections open, and asks as little of the machine as one can over HTTP. */
import { Agent, request } from 'node:http';

export type Call = {
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
};
export type Post = (call: Call) => Promise<string>;

/** Fails with whatever was answered instead of a success. */
export function poster(base: string): Post & { readonly close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const post: Post = ({ path, body, headers = {}, type = 'application/x-www-form-urlencoded' }) =>
    new Promise((resolve, reject) => {
      const sent = request(`${base}${path}`, {
        method: 'POST',
        agent,
        headers: { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers },
      });
      sent.on('error', reject);
      sent.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => {
          if (answer.statusCode === 200 || answer.statusCode === 201) resolve(text);
          else reject(new Error(`${path}: ${answer.statusCode} ${text}`));
        });
      });
      sent.end(body);
    });
  return Object.assign(post, { close: () => agent.destroy() });
}

export const form = (members: Readonly<Record<string, string>>): string =>
  new URLSearchParams(members).toString();
