/** The one cookie we set: a secret by which a browser is known again (RFC 6265 §4.1). */
import { isRandomSecret } from '../../../base/ids.ts';

export type VisitCookie = {
  /** Undefined when there is none, or more than one: then somebody else may have set it. */
  readonly read: (headers: Headers) => string | undefined;
  readonly write: (secret: string) => SetCookie;
};

export type SetCookie = { readonly 'set-cookie': string };

/** INVARIANT: `Lax`, so that a form of another site never arrives with it. It ends with the browser, its session sooner. */
export function visitCookie(issuer: string): VisitCookie {
  const { protocol, port } = new URL(issuer);
  const isSecure = protocol === 'https:';
  // The prefix has browsers refuse it from a neighbouring host. Over http they know neither that nor `Secure`, and
  // services on other ports of the same machine share their cookies: there the port is part of the name.
  const name = isSecure ? '__Host-headwater' : `headwater-${port || '80'}`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return {
    read: (headers) => {
      const [value, ...others] = valuesOf(headers.get('cookie') ?? '', name);
      return value !== undefined && others.length === 0 && isRandomSecret(value) ? value : undefined;
    },
    write: (secret) => ({ 'set-cookie': `${name}=${secret}; ${attributes}` }),
  };
}

const valuesOf = (header: string, name: string): readonly string[] =>
  header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
