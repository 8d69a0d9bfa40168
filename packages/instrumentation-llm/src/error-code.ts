import { UNKNOWN } from '@agentgateway-otel/metrics'

/** Returns the code of an error or of one of its causes, else the error's name. */
export function findErrorCode(error: Error | undefined): string {
  for (const { code } of collectCauses(error) as readonly { code?: unknown }[]) {
    if (typeof code === 'string' && code !== '') return code
  }
  return error?.name || UNKNOWN
}

/** Causes may form a circle. */
const MAX_CHAIN_LENGTH = 5

/** Returns an error and its causes. */
export function collectCauses(error: Error | undefined): readonly Error[] {
  const chain: Error[] = []
  let cause: unknown = error
  while (chain.length < MAX_CHAIN_LENGTH && cause instanceof Error) {
    chain.push(cause)
    cause = cause.cause
  }
  return chain
}
