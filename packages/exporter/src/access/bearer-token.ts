import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** A shorter token could be guessed over the network. */
const MIN_TOKEN_LENGTH = 16

/** Headers are limited to 16 KiB by Node's default. */
const MAX_TOKEN_LENGTH = 4096

/** Returns what is wrong with a token, or undefined for one that can be used. The text does not contain the token. */
export function problemOfToken(token: string): string | undefined {
  if (token.length < MIN_TOKEN_LENGTH)
    return `has ${token.length} characters, but must have ${MIN_TOKEN_LENGTH} or more`
  if (token.length > MAX_TOKEN_LENGTH) return `has more than ${MAX_TOKEN_LENGTH} characters`
  if (!/^[!-~]+$/.test(token)) return 'has a character that is not visible ASCII, which no header can carry'
  return undefined
}

/** Recognizes one token, in a time that does not depend on the token that it is compared with. */
export class BearerToken {
  readonly #key = randomBytes(32)
  readonly #digest: Buffer

  constructor(token: string) {
    this.#digest = this.#digestOf(token)
  }

  matches(token: string): boolean {
    return timingSafeEqual(this.#digestOf(token), this.#digest)
  }

  #digestOf(token: string): Buffer {
    return createHmac('sha256', this.#key).update(token).digest()
  }
}
