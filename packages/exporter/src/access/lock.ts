import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Access, Refusal } from './access.ts'
import { parseAuthorization } from './authorization.ts'
import { BasicAuth } from './basic-auth.ts'
import { BearerToken } from './bearer-token.ts'
import { DEFAULT_HEADERS } from './default-headers.ts'
import type { PasswordVerifier } from './password-verifier.ts'
import { PendingConnections } from './pending-connections.ts'
import { RateLimiter } from './rate-limiter.ts'
import { BUSY, RECONNECT, TOO_MANY_REQUESTS, unauthorized, WRONG_SETTINGS } from './refusals.ts'
import type { LockSettings, SettingsSource, TlsSettings } from './settings.ts'
import { secure } from './tls-handshake.ts'

/** The locks of an endpoint: TLS, passwords, a token, a limit of requests, and the headers that go with them. */
export interface Lock extends Access {
  /** Reads the settings for the first time. To be called when the endpoint has its address. */
  open(): { readonly isTls: boolean }
  /** Gets each accepted connection, and gives `serve` the socket that requests are to be read from. */
  admit(socket: Socket, serve: (socket: Socket) => void): void
}

export interface LockOptions {
  readonly source: SettingsSource
  /** The bearer token that lets a request in. Default: there is none. */
  readonly token?: string | undefined
  readonly verifier: PasswordVerifier
  /** Receives faults: errors of our own, not of the settings. The request that met one is refused. */
  onError(error: unknown): void
}

/** Creates the lock of one endpoint. It lets nobody in while the settings are wrong. */
export function createLock(options: LockOptions): Lock {
  return new SettingsLock(options)
}

class SettingsLock implements Lock {
  readonly #options: LockOptions
  readonly #token: BearerToken | undefined
  /** What is made of the settings that hold now. */
  #inForce: InForce | undefined
  readonly #pending = new PendingConnections()
  /** Which check of its client each TLS connection has passed. */
  readonly #clientChecks = new WeakMap<Socket, string>()

  constructor(options: LockOptions) {
    this.#options = options
    this.#token = options.token === undefined ? undefined : new BearerToken(options.token)
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#inForce?.headers ?? DEFAULT_HEADERS
  }

  open(): { isTls: boolean } {
    return { isTls: this.#apply(this.#options.source.read())?.settings.tls !== undefined }
  }

  admit(socket: Socket, serve: (socket: Socket) => void): void {
    socket.unref()
    // A client that goes away meanwhile must not become an exception of the app's.
    socket.on('error', () => {})
    this.#pending.add(socket)
    const serveNow = (served: Socket) => {
      this.#pending.remove(socket)
      serve(served)
    }
    this.#withSettings((inForce) => {
      if (socket.destroyed) return
      const tls = inForce?.settings.tls
      // While the settings are wrong, a client that does not speak TLS gets a response that says so.
      if (tls === undefined) serveNow(socket)
      else this.#admitSecure(socket, tls, serveNow)
    }).catch((error) => {
      socket.destroy()
      this.#options.onError(error)
    })
  }

  #admitSecure(socket: Socket, tls: TlsSettings, serve: (socket: Socket) => void): void {
    secure(socket, tls, (secured) => {
      this.#clientChecks.set(secured, tls.clientCheck)
      serve(secured)
    })
  }

  async check(request: IncomingMessage): Promise<Refusal | undefined> {
    try {
      return await this.#withSettings((inForce) => this.#checkWith(inForce, request))
    } catch (error) {
      this.#options.onError(error)
      return WRONG_SETTINGS
    }
  }

  async #withSettings<Result>(use: (inForce: InForce | undefined) => Result): Promise<Awaited<Result>> {
    const current = this.#options.source.current()
    return await use(this.#apply(current instanceof Promise ? await current : current))
  }

  #apply(settings: LockSettings | undefined): InForce | undefined {
    if (settings === this.#inForce?.settings) return this.#inForce
    this.#inForce = settings && new InForce(settings, this.#options.verifier)
    return this.#inForce
  }

  async #checkWith(inForce: InForce | undefined, request: IncomingMessage): Promise<Refusal | undefined> {
    if (inForce === undefined) return WRONG_SETTINGS
    const { settings, limiter, basicAuth } = inForce
    const { socket } = request
    if (this.#clientChecks.get(socket) !== settings.tls?.clientCheck) return RECONNECT
    if (limiter?.allow(performance.now()) === false) return TOO_MANY_REQUESTS
    if (basicAuth === undefined && this.#token === undefined) return undefined

    const credentials = parseAuthorization(request.headers.authorization)
    if (credentials?.scheme === 'bearer' && this.#token?.matches(credentials.token)) return undefined
    if (credentials?.scheme === 'basic' && basicAuth !== undefined) {
      const { user, password } = credentials
      const verdict = await basicAuth.check(user, password, socket.remoteAddress ?? '')
      if (verdict === 'right') return undefined
      if (verdict === 'busy') return BUSY
    }
    return unauthorized({ basic: basicAuth !== undefined, bearer: this.#token !== undefined })
  }
}

/** The settings, with what they need to be applied. What is remembered is forgotten when they change. */
class InForce {
  readonly settings: LockSettings
  readonly headers: Readonly<Record<string, string>>
  readonly limiter: RateLimiter | undefined
  readonly basicAuth: BasicAuth | undefined

  constructor(settings: LockSettings, verifier: PasswordVerifier) {
    const { headers, rateLimit, users } = settings
    this.settings = settings
    const all = Object.entries({ ...DEFAULT_HEADERS, ...headers })
    this.headers = Object.freeze(Object.fromEntries(all.filter(([, value]) => value !== '')))
    this.limiter = rateLimit && new RateLimiter(rateLimit, performance.now())
    this.basicAuth = users.size === 0 ? undefined : new BasicAuth(users, verifier)
  }
}
