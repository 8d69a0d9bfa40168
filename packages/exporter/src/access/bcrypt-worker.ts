/**
 * The thread in which passwords are verified, so that neither the app's event loop nor its thread pool does that work.
 *
 * @module
 */
import { parentPort } from 'node:worker_threads'
import bcrypt from 'bcryptjs'
import type { VerificationJob, VerificationResult } from './verification.ts'

parentPort?.on('message', ({ password, hash }: VerificationJob) => {
  const result: VerificationResult = { matches: bcrypt.compareSync(password, hash) }
  parentPort?.postMessage(result)
})
