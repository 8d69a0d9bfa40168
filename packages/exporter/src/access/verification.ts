/** What the thread that verifies passwords gets. */
export interface VerificationJob {
  readonly password: string
  readonly hash: string
}

/** What it responds with. */
export interface VerificationResult {
  readonly matches: boolean
}
