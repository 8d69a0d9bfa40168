import type { RateLimit } from './settings.ts'

/** A bucket of tokens: each request takes one, and one comes back after each interval. */
export class RateLimiter {
  readonly #limit: RateLimit
  #tokens: number
  #filledMs: number

  constructor(limit: RateLimit, nowMs: number) {
    this.#limit = limit
    this.#tokens = limit.burst
    this.#filledMs = nowMs
  }

  /** Takes a token for a request. Returns whether there was one. */
  allow(nowMs: number): boolean {
    const { intervalMs, burst } = this.#limit
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#filledMs) / intervalMs)
    this.#filledMs = nowMs
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
