import type { Families, Family } from '@agentgateway-otel/exporter/reading'
import { type MetricDefinition, OPTIONAL_METRICS } from '@agentgateway-otel/metrics'
import { MetricNames } from '../../configuration/metric-names.ts'
import { didYouMean, quote } from '../../configuration/quote.ts'
import { CommandError } from '../command-error.ts'

const PREFIX = 'agentgateway_'

/**
 * Returns the families that these texts select, in the order of the scrape: a text selects the metrics whose names begin
 * with it, with or without `agentgateway_`. Without texts all are selected.
 *
 * @throws CommandError when a text selects none
 */
export function selectFamilies(families: Families, texts: readonly string[]): readonly Family[] {
  const unknown = texts.find((text) => ![...families.keys()].some((name) => isSelectedBy(text, name)))
  if (unknown !== undefined) throw unknownName(unknown, families)
  return [...families.values()].filter(
    ({ name }) => texts.length === 0 || texts.some((text) => isSelectedBy(text, name)),
  )
}

function isSelectedBy(text: string, name: string): boolean {
  const beginning = text.toLowerCase()
  return name.startsWith(beginning) || name.startsWith(`${PREFIX}${beginning}`)
}

function unknownName(text: string, families: Families): CommandError {
  const optional = OPTIONAL_METRICS.find((metric) => isSelectedBy(text, exposedName(metric)))
  if (optional !== undefined) {
    return new CommandError(
      `the app does not make ${exposedName(optional)}; AGENTGATEWAY_METRICS=${optional.group} has it made`,
    )
  }
  const nearest = new MetricNames(families.keys()).nearest(text)
  return new CommandError(`the app has no metric ${quote(text)}${didYouMean([nearest])}`)
}

/** The name that a metric of the table has in a scrape, without the suffixes that Prometheus's format adds to some. */
const exposedName = ({ name }: MetricDefinition) => name.replaceAll('.', '_')
