/** What hono carries along with a request. */
export type HttpEnv = { Bindings: object; Variables: { requestId: string } };
