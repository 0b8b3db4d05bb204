/** How a token endpoint refuses, as far as tests compare it: the status and the code (RFC 6749 §5.2, UMA Grant §3.3.6). */
import type { Reply } from './authority.ts';

export const refusal = ({ status, body }: Reply) => ({ status, error: body['error'] });

export const invalidClient = { status: 401, error: 'invalid_client' };
export const invalidGrant = { status: 400, error: 'invalid_grant' };
export const needInfo = { status: 403, error: 'need_info' };
export const requestDenied = { status: 403, error: 'request_denied' };
export const requestSubmitted = { status: 403, error: 'request_submitted' };
