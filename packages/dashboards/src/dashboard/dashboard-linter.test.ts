/** Holds the dashboards to the rules of Grafana's dashboard-linter, as its source has them at 4d0844b (June 2026). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import * as units from '@grafana/grafana-foundation-sdk/units'
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { parse } from 'yaml'
import { DATASOURCE } from './datasource.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

interface Exclusion {
  readonly reason: string
  readonly entries: readonly { readonly dashboard: string; readonly panel: string }[]
}

const exclusions: Readonly<Record<string, Exclusion>> = parse(read('.lint')).exclusions

interface Panel {
  readonly type: string
  readonly title: string
  readonly description: string
  readonly datasource: { readonly uid: string }
  readonly fieldConfig: { readonly defaults: { readonly unit: string } }
  readonly targets: readonly { readonly expr: string }[]
}

const UNITS = new Set<unknown>(Object.values(units))

const GRAFANA = /\$__(rate_interval|interval|range)/g

for (const file of ['agentgateway-otel.json', 'agentgateway-proxy.json']) {
  const dashboard = JSON.parse(read(file))
  const { list } = dashboard.templating
  const panels: readonly Panel[] = dashboard.panels.filter(({ type }: Panel) => type !== 'row')
  const variable = (name: string) => list.find((one: { name: string }) => one.name === name)

  describe(`Grafana’s linter, of ${file}`, () => {
    it('template-datasource-rule', () => {
      const sources = list.filter(({ type }: { type: string }) => type === 'datasource')
      assert.deepEqual(
        sources.map(({ name, label, query }: Record<string, string>) => [name, label, query]),
        [['datasource', 'Data source', 'prometheus']],
      )
    })

    for (const name of ['job', 'instance']) {
      it(`template-${name}-rule`, () => {
        const { label, type, multi, allValue, datasource } = variable(name)
        assert.deepEqual([type, multi, allValue, datasource.uid], ['query', true, '.+', DATASOURCE.uid])
        assert.equal(label.toLowerCase(), name)
      })

      it(`target-${name}-rule`, () => {
        for (const { title, targets } of panels) {
          const isExcluded = exclusions[`target-${name}-rule`]?.entries.some(
            (entry) => entry.dashboard === dashboard.title && entry.panel === title,
          )
          for (const { expr } of targets) {
            for (const selector of nodesOf(expr, 'VectorSelector')) {
              assert.equal(selector.includes(`${name}=~"$${name}"`), !isExcluded, `${title}: ${selector}`)
            }
          }
        }
      })
    }

    it('template-label-promql-rule and template-on-time-change-reload-rule', () => {
      for (const { name, type, query, refresh } of list) {
        if (type !== 'query') continue
        const [, selector = ''] = /^label_values\((.*), \w+\)$/.exec(query.query) ?? assert.fail(name)
        assert.deepEqual(nodesOf(selector, '⚠'), [], name)
        assert.equal(refresh, 2, name)
      }
    })

    it('uneditable-dashboard', () => assert.equal(dashboard.editable, false))

    it('the rules of panels: datasource, title and description, units, targets', () => {
      for (const { title, description, datasource, fieldConfig, targets } of panels) {
        assert.equal(datasource.uid, DATASOURCE.uid)
        assert.ok(title && description)
        assert.ok(UNITS.has(fieldConfig.defaults.unit), `${title}: ${fieldConfig.defaults.unit}`)
        assert.ok(targets.length > 0, title)
      }
    })

    it('target-promql-rule, target-rate-interval-rule and target-counter-agg-rule', () => {
      for (const { title, targets } of panels) {
        for (const { expr } of targets) {
          assert.deepEqual(nodesOf(expr, '⚠'), [], title)
          for (const [call] of expr.matchAll(/\bi?rate\([^[]*\[[^\]]*\]/g)) assert.match(call, /\[\$__rate_interval\]$/)
          // A counter without matchers has to be in one of these functions.
          for (const selector of nodesOf(expr, 'VectorSelector')) assert.doesNotMatch(selector, /_total$/)
        }
      }
    })
  })
}

/** The text of all nodes of one type in a query. */
function nodesOf(expr: string, type: string): string[] {
  const text = expr.replaceAll(GRAFANA, (name) => '1'.padEnd(name.length - 1, '0').concat('s'))
  const found: string[] = []
  const visit = (node: SyntaxNode) => {
    if (node.name === type) found.push(expr.slice(node.from, node.to))
    for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child)
  }
  visit(parser.parse(text).topNode)
  return found
}
