import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { DEFAULT_METRICS, LABEL_SETS, type MetricDefinition } from '@agentgateway-otel/metrics'
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { createDashboard } from './dashboard.ts'

interface Target {
  readonly expr: string
  readonly legendFormat: string
}

const committed = JSON.parse(readFileSync(new URL('../agentgateway-otel.json', import.meta.url), 'utf8'))
const targets: readonly Target[] = committed.panels.flatMap((panel: { targets?: Target[] }) => panel.targets ?? [])

/** The default metrics by the names that a scrape has. */
const definitions = new Map<string, MetricDefinition>(
  DEFAULT_METRICS.flatMap((metric) =>
    (metric.kind === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map((suffix) => [
      metric.name + suffix,
      metric,
    ]),
  ),
)

function labelsOf(name: string): readonly string[] {
  const definition = definitions.get(name)
  assert.ok(definition, `${name} is not a default metric`)
  const labels = ['gateway', ...LABEL_SETS[definition.labels].map(([label]) => label)]
  return name.endsWith('_bucket') ? [...labels, 'le'] : labels
}

/** A query in which Grafana's variables are replaced by what PromQL can parse. */
class Query {
  readonly text: string
  readonly legend: string
  readonly root: SyntaxNode

  constructor({ expr, legendFormat }: Target) {
    this.legend = legendFormat
    this.text = expr.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '1h')
    this.root = parser.parse(this.text).topNode
  }

  /** Returns the text of all nodes of one type in a part of the query. */
  all(type: string, part = this.root): string[] {
    return this.nodes(type, part).map((node) => this.text.slice(node.from, node.to))
  }

  nodes(type: string, part = this.root): SyntaxNode[] {
    const found: SyntaxNode[] = []
    const visit = (node: SyntaxNode) => {
      if (node.name === type) found.push(node)
      for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child)
    }
    visit(part)
    return found
  }
}

const queries = targets.map((target) => new Query(target))

describe('the dashboard', () => {
  it('is committed as the source generates it', () => {
    assert.deepEqual(committed, JSON.parse(JSON.stringify(createDashboard())), 'run the build script of this package')
  })

  it('shows every default metric', () => {
    const shown = new Set(queries.flatMap((query) => query.all('Identifier')))
    for (const [name, metric] of definitions) {
      if (metric.kind !== 'histogram') assert.ok(shown.has(name), name)
      else assert.ok(shown.has(`${metric.name}_bucket`) || shown.has(`${metric.name}_sum`), metric.name)
    }
  })

  it('has panels that do not overlap and each have an identifier, a description and a unit', () => {
    const cells = new Set<string>()
    const ids = new Set<number>()
    for (const { id, type, title, description, fieldConfig, gridPos } of committed.panels) {
      ids.add(id)
      assert.ok(gridPos.x + gridPos.w <= 24, title)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(!cells.has(`${x} ${y}`), `${title} lies over another panel`)
          cells.add(`${x} ${y}`)
        }
      }
      if (type !== 'row') assert.ok(description && fieldConfig.defaults.unit, title)
    }
    assert.equal(ids.size, committed.panels.length)
  })
})

describe('every query of the dashboard', () => {
  it('parses as PromQL', () => {
    for (const query of queries) {
      assert.deepEqual(
        query.nodes('⚠').map(({ from }) => query.text.slice(from)),
        [],
        query.text,
      )
    }
  })

  it('selects and groups by labels of the table alone', () => {
    for (const query of queries) {
      for (const labels of [...query.nodes('LabelMatchers'), ...query.nodes('GroupingLabels')]) {
        // Matchers apply to one selector; a grouping applies to everything aggregated, or to both sides of an operator.
        const scope = labels.name === 'LabelMatchers' ? labels.parent : labels.parent?.parent
        assert.ok(scope)
        for (const name of query.all('Identifier', scope)) {
          for (const label of query.all('LabelName', labels)) {
            assert.ok(labelsOf(name).includes(label), `${name} has no label ${label}`)
          }
        }
      }
    }
  })

  it('takes the rate of every counter and of no gauge', () => {
    for (const query of queries) {
      const rated = query
        .nodes('FunctionCall')
        .filter((call) => ['rate', 'increase'].includes(query.all('FunctionIdentifier', call)[0] ?? ''))
        .flatMap((call) => query.all('Identifier', call))
      for (const name of query.all('Identifier')) {
        assert.equal(rated.includes(name), definitions.get(name)?.kind !== 'gauge', `${name} in ${query.text}`)
      }
    }
  })

  it('names its series by labels that it groups by', () => {
    for (const query of queries) {
      const grouped = query.nodes('GroupingLabels').flatMap((grouping) => query.all('LabelName', grouping))
      for (const [, label = ''] of query.legend.matchAll(/{{(\w+)}}/g)) {
        assert.ok(grouped.includes(label), `${query.legend} of ${query.text}`)
      }
    }
  })
})
