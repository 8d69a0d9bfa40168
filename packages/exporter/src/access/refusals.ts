import type { Refusal } from './access.ts'

/** The configuration of the locks cannot be used, or checking a request failed. */
export const WRONG_SETTINGS: Refusal = {
  status: 500,
  headers: {},
  body: 'The configuration of this endpoint is wrong. The process says why on stderr.\n',
}

/** The connection is older than the present way of checking clients. */
export const RECONNECT: Refusal = {
  status: 403,
  headers: { connection: 'close' },
  body: 'Clients are checked in another way now. Connect again.\n',
}

/** `rate_limit` of the configuration file. */
export const TOO_MANY_REQUESTS: Refusal = {
  status: 429,
  headers: { 'retry-after': '1' },
  body: 'Too many requests.\n',
}

/** Too many passwords wait to be verified. */
export const BUSY: Refusal = {
  status: 429,
  headers: { 'retry-after': '2' },
  body: 'Too many log-ins at a time.\n',
}

/** The response to a request without credentials, or with wrong ones. It does not tell which. */
export function unauthorized({ basic, bearer }: { basic: boolean; bearer: boolean }): Refusal {
  const challenges = [basic && 'Basic realm="metrics", charset="UTF-8"', bearer && 'Bearer realm="metrics"']
  return {
    status: 401,
    headers: { 'www-authenticate': challenges.filter(Boolean).join(', ') },
    body: 'Unauthorized.\n',
  }
}
