/** The parameters of an authorization request, as OAuth reads them (RFC 6749 §3.1). */

export type RequestParameters = {
  /** Undefined when it is absent, has no value, or came more than once. */
  readonly one: (name: string) => string | undefined;
  readonly all: (name: string) => readonly string[];
  readonly isRepeated: (name: string) => boolean;
  readonly names: readonly string[];
};

export function readParameters(sent: URLSearchParams): RequestParameters {
  const all = (name: string): readonly string[] => sent.getAll(name);
  return {
    all: (name) => all(name).filter((value) => value !== ''),
    one: (name) => (all(name).length === 1 && all(name)[0] !== '' ? all(name)[0] : undefined),
    isRepeated: (name) => all(name).length > 1,
    names: [...new Set(sent.keys())],
  };
}

/** `prompt` (OpenID Connect Core §3.1.2.1), the words apart. */
export const promptsIn = ({ one }: Pick<RequestParameters, 'one'>): readonly string[] =>
  (one('prompt') ?? '').split(' ').filter((word) => word !== '');
