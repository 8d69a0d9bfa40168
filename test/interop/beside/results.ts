import { readFileSync } from 'node:fs'
import type { ComparedRequest } from './compare-routes.ts'

/** The agents that routes are compared with, by their names in the tests of agents. */
export const COMPARED_AGENTS = ['dd-trace', '@opentelemetry/auto-instrumentations-node'] as const

interface Comparison {
  /** The versions of the agents, by their names. */
  readonly versions: Readonly<Record<string, string>>
  readonly requests: readonly ComparedRequest[]
}

export const RESULTS = new URL('./results.json', import.meta.url)

export const readComparison = (): Comparison => JSON.parse(readFileSync(RESULTS, 'utf8'))
