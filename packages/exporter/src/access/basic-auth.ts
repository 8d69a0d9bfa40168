import { createHmac, randomBytes } from 'node:crypto'
import { costOf, MAX_PASSWORD_BYTES, MIN_COST } from './bcrypt-hash.ts'
import type { PasswordVerifier } from './password-verifier.ts'
import { VerifiedPasswords } from './verified-passwords.ts'

/** `busy` when too many verifications wait. */
export type Verdict = 'right' | 'wrong' | 'busy'

/**
 * Checks users and passwords. An unknown user and a password that is too long take as long as a wrong password, so that
 * the time does not tell which users there are.
 */
export class BasicAuth {
  readonly #users: ReadonlyMap<string, string>
  readonly #costs: readonly number[]
  readonly #verifier: PasswordVerifier
  readonly #verified = new VerifiedPasswords()
  readonly #decoyKey = randomBytes(32)
  /** The verifications that are under way or wait, so that the same credentials are verified once. */
  readonly #pending = new Map<string, Promise<boolean>>()

  constructor(users: ReadonlyMap<string, string>, verifier: PasswordVerifier) {
    this.#users = users
    this.#costs = [...users.values()].map((hash) => costOf(hash) ?? MIN_COST)
    this.#verifier = verifier
  }

  /** @throws Error when passwords cannot be verified */
  async check(user: string, password: string, client: string): Promise<Verdict> {
    const known = this.#users.get(user)
    const hash = known ?? this.#decoyFor(user)
    const key = this.#verified.keyOf(user, password, hash)
    if (this.#verified.has(key)) return 'right'
    const matches = await this.#verify(key, password, hash, client)
    if (matches === undefined) return 'busy'
    if (!matches || known === undefined || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return 'wrong'
    this.#verified.add(key)
    return 'right'
  }

  async #verify(key: string, password: string, hash: string, client: string): Promise<boolean | undefined> {
    const pending = this.#pending.get(key)
    if (pending !== undefined) return pending
    const verification = this.#verifier.verify({ password, hash }, client)
    if (verification === undefined) return undefined
    this.#pending.set(key, verification)
    try {
      return await verification
    } finally {
      this.#pending.delete(key)
    }
  }

  /**
   * Returns a hash of nobody's password for an unknown user. It has the cost of one of the known users' hashes, always
   * the same for one name, as a known user's would.
   */
  #decoyFor(user: string): string {
    const digest = createHmac('sha512', this.#decoyKey).update(user).digest()
    const cost = this.#costs[digest.readUInt32BE() % this.#costs.length] ?? MIN_COST
    // bcrypt's base64 has a dot for the plus; the rest of its alphabet is that of base64 in another order.
    const text = digest.toString('base64').replaceAll('+', '.').slice(6, 59)
    return `$2b$${String(cost).padStart(2, '0')}$${text}`
  }
}
