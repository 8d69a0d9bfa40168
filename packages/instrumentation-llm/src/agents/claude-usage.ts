import type { TokenCounts, TokenDetail } from '../call-record.ts'
import { isCount, isJsonObject } from '../json-object.ts'

/** What one model has used, as Claude Code's results have it. */
export interface ModelUsage extends TokenCounts {
  /** What Claude Code calls the provider. */
  readonly provider: unknown
  /** The counts by their names there. */
  readonly counts: ReadonlyMap<string, number>
}

const CACHED = [
  ['input_cache_read', 'cacheReadInputTokens'],
  ['input_cache_write', 'cacheCreationInputTokens'],
] as const

/** The input does not include what was read from the cache or written to it. The output includes the thinking. */
const INPUT_COUNTS = ['inputTokens', ...CACHED.map(([, name]) => name)]

const DETAILS: readonly (readonly [TokenDetail, string])[] = [...CACHED, ['output_reasoning', 'thinkingTokens']]

const COUNTS = [...INPUT_COUNTS, 'outputTokens', 'thinkingTokens']

/** Reads the usage of each model, without those that have used nothing. Returns undefined if there is no such object. */
export function readModelUsages(value: unknown): ReadonlyMap<string, ModelUsage> | undefined {
  if (!isJsonObject(value)) return undefined
  const usages = new Map<string, ModelUsage>()
  for (const [model, usage] of Object.entries(value)) {
    if (!isJsonObject(usage)) continue
    const counts = new Map<string, number>()
    for (const name of COUNTS) {
      const count = usage[name]
      if (isCount(count)) counts.set(name, count)
    }
    add(usages, model, counts, usage.provider)
  }
  return usages
}

/** Returns what was used since an earlier total. A count that is smaller now was begun again in the meantime. */
export function subtract(
  total: ReadonlyMap<string, ModelUsage> | undefined,
  before: ReadonlyMap<string, ModelUsage>,
): ReadonlyMap<string, ModelUsage> | undefined {
  if (total === undefined) return undefined
  const used = new Map<string, ModelUsage>()
  for (const [model, { counts, provider }] of total) {
    const earlier = before.get(model)?.counts
    const isContinued = [...counts].every(([name, count]) => count >= (earlier?.get(name) ?? 0))
    const differences = [...counts].map(([name, count]) => [name, count - (earlier?.get(name) ?? 0)] as const)
    add(used, model, isContinued ? new Map(differences) : counts, provider)
  }
  return used
}

function add(
  usages: Map<string, ModelUsage>,
  model: string,
  counts: ReadonlyMap<string, number>,
  provider: unknown,
): void {
  if ([...counts.values()].every((count) => count === 0)) return
  const inputs = INPUT_COUNTS.flatMap((name) => counts.get(name) ?? [])
  const details = DETAILS.flatMap(([detail, name]) => {
    const count = counts.get(name)
    return count === undefined ? [] : [[detail, count] as const]
  })
  usages.set(model, {
    counts,
    provider,
    inputTokens: inputs.length === 0 ? undefined : inputs.reduce((sum, count) => sum + count),
    outputTokens: counts.get('outputTokens'),
    details: new Map(details),
  })
}
