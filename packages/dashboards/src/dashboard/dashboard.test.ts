import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  DEFAULT_METRICS,
  LABEL_SETS,
  METRICS,
  type MetricDefinition,
  OPTIONAL_METRICS,
} from '@agentgateway-otel/metrics'
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { createDashboard } from './dashboard.ts'
import { createProxyDashboard } from './proxy-dashboard.ts'

interface Target {
  readonly expr: string
  readonly legendFormat: string
}

/** The metrics by the names that a scrape has. */
const definitions = new Map<string, MetricDefinition>(
  Object.values(METRICS).flatMap((metric) =>
    (metric.kind === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map((suffix): [string, MetricDefinition] => [
      metric.name.replaceAll('.', '_') + suffix,
      metric,
    ]),
  ),
)

/** The labels that Prometheus, or the operator of Kubernetes, gives to every series. */
const OF_TARGETS = ['job', 'instance', 'namespace']

/** Labels of series that do not come from the table. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  up: OF_TARGETS,
  'agentgateway:llm_cost_usd:rate5m': ['job', 'gateway', 'gen_ai_system', 'model', 'gen_ai_token_type'],
}

function labelsOf(name: string): readonly string[] {
  const others = OTHERS[name]
  if (others !== undefined) return others
  const definition = definitions.get(name)
  assert.ok(definition, `${name} is not in the table`)
  const labels = [...OF_TARGETS, 'gateway', ...LABEL_SETS[definition.labels].map(([label]) => label)]
  return name.endsWith('_bucket') ? [...labels, 'le'] : labels
}

/** A query in which Grafana's variables are replaced by what PromQL can parse. */
class Query {
  readonly text: string
  readonly legend: string
  readonly root: SyntaxNode

  constructor({ expr, legendFormat }: Target) {
    this.legend = legendFormat
    this.text = expr.replaceAll(/\$__(rate_)?interval/g, '1m').replaceAll('$__range', '1h')
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

interface Committed {
  readonly file: string
  readonly create: () => Dashboard
  /** What the dashboard has to show. */
  readonly metrics: readonly MetricDefinition[]
}

const DASHBOARDS: readonly Committed[] = [
  { file: 'agentgateway-otel.json', create: createDashboard, metrics: DEFAULT_METRICS },
  {
    file: 'agentgateway-proxy.json',
    create: createProxyDashboard,
    metrics: OPTIONAL_METRICS.filter(({ group }) => group === 'proxy'),
  },
]

for (const { file, create, metrics } of DASHBOARDS) {
  const committed = JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))
  const targets: readonly Target[] = committed.panels.flatMap((panel: { targets?: Target[] }) => panel.targets ?? [])
  const queries = targets.map((target) => new Query(target))

  describe(file, () => {
    it('is committed as the source generates it', () => {
      assert.deepEqual(committed, JSON.parse(JSON.stringify(create())), 'run the build script of this package')
    })

    it('shows every metric that it is for', () => {
      const shown = new Set(queries.flatMap((query) => query.all('Identifier')))
      for (const { kind, name } of metrics) {
        if (kind !== 'histogram') assert.ok(shown.has(name), name)
        else assert.ok(shown.has(`${name}_bucket`) || shown.has(`${name}_sum`), name)
      }
    })

    it('has panels with titles of their own, to which every link leads', () => {
      const panels: {
        id: number
        title: string
        fieldConfig?: { defaults: { links?: { title: string; url: string }[] } }
      }[] = committed.panels
      assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length)
      for (const { fieldConfig } of panels) {
        for (const { title, url } of fieldConfig?.defaults.links ?? []) {
          const id = Number(/viewPanel=(\d+)/.exec(url)?.[1])
          assert.equal(panels.find((panel) => panel.id === id)?.title, title)
          assert.ok(url.startsWith(`/d/${committed.uid}?`), url)
        }
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

  describe(`every query of ${file}`, () => {
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
          // `vector(0)` has no labels, and no name either.
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
          if (name in OTHERS) continue
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
}
