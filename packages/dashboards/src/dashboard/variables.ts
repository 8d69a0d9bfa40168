import { LABEL_SETS, METRICS, type MetricKey } from '@agentgateway-otel/metrics'
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { type Matchers, nameOf, select } from '../promql.ts'
import { DATASOURCE } from './datasource.ts'

/** The labels of a target. Prometheus adds `job` and `instance` itself, and the operator of Kubernetes `namespace`. */
const OF_TARGETS = ['job', 'namespace', 'gateway', 'instance'] as const

/** The labels of single metrics that have a variable, and the variable's name. */
const OF_METRICS: Readonly<Record<string, string>> = { route: 'route', gen_ai_request_model: 'model', server: 'server' }

/** A label that some targets lack. `.*` selects them too. */
const OPTIONAL = new Set(['namespace'])

/** Selects the series of the chosen targets, as far as `labels` says. */
export function targetMatchers(labels: readonly (typeof OF_TARGETS)[number][] = OF_TARGETS): Matchers {
  return labels.map((label) => [label, `=~"$${label}"`])
}

/** Selects a metric's series by all variables that concern it. */
export function chosen(key: MetricKey): Matchers {
  const labels: readonly string[] = LABEL_SETS[METRICS[key].labels].map(([label]) => label)
  const ofMetric = Object.entries(OF_METRICS).filter(([label]) => labels.includes(label))
  return [...targetMatchers(), ...ofMetric.map(([label, name]) => [label, `=~"$${name}"`] as const)]
}

const datasource = new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus')

interface VariableOptions {
  readonly name: string
  readonly label: string
  readonly description: string
  /** The series whose values are offered. */
  readonly selector: string
  /** The label that has the values. */
  readonly of: string
}

function variable({ name, label, description, selector, of }: VariableOptions): QueryVariableBuilder {
  const query = `label_values(${selector}, ${of})`
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(OPTIONAL.has(of) || of in OF_METRICS ? '.*' : '.+')
    .current({ text: ['All'], value: ['$__all'] })
}

const DESCRIPTIONS = {
  job: 'The job in the configuration of Prometheus',
  namespace: 'The namespace of Kubernetes, where there is one',
  gateway: 'The service: the value of OTEL_SERVICE_NAME',
  instance: 'The host and port that Prometheus scrapes',
} as const satisfies Record<(typeof OF_TARGETS)[number], string>

/** Any metric: a process that only makes LLM calls or uses MCP over stdio has no series of HTTP requests. */
const ANY = [['__name__', '=~"agentgateway_.+"']] as const

const ofTargets = OF_TARGETS.map((label, i) =>
  variable({
    name: label,
    label: label.charAt(0).toUpperCase() + label.slice(1),
    description: DESCRIPTIONS[label],
    // Each offers what the choices before it leave.
    selector: select('', [...ANY, ...targetMatchers(OF_TARGETS.slice(0, i))]),
    of: label,
  }),
)

/** The variables of each dashboard. */
export const VARIABLES = [
  datasource,
  ...ofTargets,
  variable({
    name: 'route',
    label: 'Route',
    description: 'The template of the framework’s route',
    selector: select(nameOf('requests'), targetMatchers()),
    of: 'route',
  }),
  variable({
    name: 'model',
    label: 'Model',
    description: 'The model that LLM calls request',
    selector: select(nameOf('llmRequests'), targetMatchers()),
    of: 'gen_ai_request_model',
  }),
  variable({
    name: 'server',
    label: 'MCP server',
    description: 'The name that an MCP server has given itself',
    selector: select(nameOf('mcpRequests'), targetMatchers()),
    of: 'server',
  }),
]
