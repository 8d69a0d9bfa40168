import type { SecureContext } from 'node:tls'

/** Whether a client has to have a certificate, by the names of Go's `tls.ClientAuthType`. */
export const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const
export type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number]

/** How the endpoint speaks TLS. */
export interface TlsSettings {
  readonly context: SecureContext
  readonly clientAuth: ClientAuthType
  /** The names of which a client's certificate must have one. Undefined: any name will do. */
  readonly allowedSans: readonly string[] | undefined
  /**
   * Changes whenever clients are checked in another way than before, so that connections that were accepted earlier can
   * be told from those that passed the present check.
   */
  readonly clientCheck: string
}

/** At most `burst` requests at once, and one more after each `intervalMs`. */
export interface RateLimit {
  readonly intervalMs: number
  readonly burst: number
}

/** What locks the endpoint. */
export interface LockSettings {
  readonly tls: TlsSettings | undefined
  /** Headers of all responses, by their names in lower case. An empty value takes a default header away. */
  readonly headers: Readonly<Record<string, string>>
  /** Hashes of passwords by bcrypt, by user. Without users no password is needed. */
  readonly users: ReadonlyMap<string, string>
  readonly rateLimit: RateLimit | undefined
}

/** Where the settings come from. They may change at any time. */
export interface SettingsSource {
  /** Reads the settings for the first time, at once. */
  read(): LockSettings | undefined
  /** Returns the settings that hold now, or undefined while they are wrong, so that nobody may be let in. */
  current(): LockSettings | undefined | Promise<LockSettings | undefined>
}
