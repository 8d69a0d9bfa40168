import {
  LABEL_SETS,
  type LabelBound,
  MAX_LABEL_SET_SERIES,
  METRICS,
  type OpenLabel,
  OTHER,
} from '@agentgateway-otel/metrics'
import type { Families, Labels } from '../../reading/family.ts'

/** How near something is to the number at which further values become `_OTHER`. */
export interface BoundState {
  /** The metrics that share the label set. */
  readonly metrics: readonly string[]
  /** The label whose values are bounded; undefined for the number of series. */
  readonly label: string | undefined
  readonly count: number
  readonly limit: number
  /** Whether a value has become `_OTHER`, also for another reason than that there were too many. */
  readonly isMet: boolean
  readonly advice: string
}

/** From which share of its limit on a label set is near it. */
const NEAR = 0.8

const MODEL = 'Name models without dates, tenants or other parts that vary, or give each app its own service.'

/** What to do about a label that has too many values. */
const ADVICE: Readonly<Record<string, string>> = {
  route:
    'Some route is not a template: give templates such as /users/:id, with the framework’s router or with setRoute(request, …).',
  bind: 'The app listens on many ports: reuse a port for what is one server.',
  resource: 'Tools or prompts have names that are made at run time: put what varies into their arguments.',
  server: 'MCP servers have names that are made at run time: give them fixed names.',
  gen_ai_system: 'Many hosts are named in AGENTGATEWAY_LLM_HOSTS: give those of one provider the same name.',
  gen_ai_request_model: MODEL,
  gen_ai_response_model: MODEL,
  error_type: 'Errors have codes that vary: give the errors of one kind the same code.',
}

/** What to do about a label set that has too many series, of which its fullest label is mostly the cause. */
const seriesAdvice = (fullest: BoundState | undefined) =>
  fullest === undefined
    ? 'Each combination of values is a series.'
    : `Each combination of values is a series, and ${fullest.label} has the most values, ${fullest.count}. ${fullest.advice}`

/** Returns the state of every bound, the fullest first. */
export function boundStates(families: Families): readonly BoundState[] {
  const states = Object.entries(LABEL_SETS).flatMap(([labelSet, labels]) => {
    const metrics = Object.values(METRICS).filter((metric) => metric.labels === labelSet)
    const names = metrics.map(({ name }) => name).filter((name) => families.has(name))
    const series = names.map((name) => labelsOf(families, name))
    const all = series.flat()
    const values = labels.flatMap(([label, bound]) => valuesState(names, label, bound, all) ?? [])
    const count = Math.max(0, ...series.map(({ length }) => length))
    const fullest = values.filter(({ count }) => count > 1).sort((a, b) => b.count - a.count)[0]
    // Beyond the limit every label whose values are open has `_OTHER`, so there is more than the series of the limit.
    const isMet = count > MAX_LABEL_SET_SERIES
    return [
      ...values,
      { metrics: names, label: undefined, count, limit: MAX_LABEL_SET_SERIES, isMet, advice: seriesAdvice(fullest) },
    ]
  })
  return states.sort((a, b) => b.count / b.limit - a.count / a.limit)
}

/** Whether there are so many values that further ones are, or soon will be, counted together. */
export const isNear = ({ count, limit }: BoundState): boolean => count >= NEAR * limit

function labelsOf(families: Families, name: string): readonly Labels[] {
  const { samples = [], histograms = [] } = families.get(name) ?? {}
  return [...samples, ...histograms].map(({ labels }) => labels)
}

function valuesState(
  metrics: readonly string[],
  label: string,
  bound: LabelBound,
  series: readonly Labels[],
): BoundState | undefined {
  // The values of other labels are a list that is known beforehand; `_OTHER` is one that a client made up.
  if (!('maxValues' in bound)) return undefined
  const values = new Set(series.map((labels) => labels.get(label) ?? ''))
  const isMet = values.delete(OTHER)
  const isOdd = isMet && values.size < bound.maxValues && series.length < MAX_LABEL_SET_SERIES
  const advice = isOdd ? oddValueAdvice(label, bound) : (ADVICE[label] ?? '')
  return { metrics, label, count: values.size, limit: bound.maxValues, isMet, advice }
}

/** What to know of a value that became `_OTHER` although there was room for more values. */
const oddValueAdvice = (label: string, { maxLength }: OpenLabel) =>
  label === 'resource'
    ? `A client has asked for a tool or a prompt that no server has listed, or whose name has more than ${maxLength} characters. There is room for other names.`
    : `Some value has more than ${maxLength} characters. There is room for other values.`
