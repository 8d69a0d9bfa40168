import { createHmac, randomBytes } from 'node:crypto'

/** More users than a configuration file can hold. */
const MAX_ENTRIES = 1000

/**
 * Remembers which passwords were right, because a scraper sends the same one every few seconds and a verification takes
 * a fraction of a second. Wrong ones are not remembered, so no flood of them can displace the right ones.
 */
export class VerifiedPasswords {
  readonly #key = randomBytes(32)
  readonly #known = new Set<string>()

  /**
   * Returns a key for a user, a password and a hash. The fields are preceded by their lengths, so that no two different
   * sets of them have the same key (the mistake of CVE-2022-46146). It is an HMAC under a key of this process, so that
   * nobody can compute one, and no password can be read from memory.
   */
  keyOf(user: string, password: string, hash: string): string {
    const hmac = createHmac('sha256', this.#key)
    for (const field of [user, password, hash]) {
      const bytes = Buffer.from(field)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      hmac.update(length).update(bytes)
    }
    return hmac.digest('base64')
  }

  has(key: string): boolean {
    return this.#known.has(key)
  }

  add(key: string): void {
    const [oldest] = this.#known
    if (this.#known.size >= MAX_ENTRIES && oldest !== undefined) this.#known.delete(oldest)
    this.#known.add(key)
  }
}
