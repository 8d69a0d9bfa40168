import { OTHER } from '@agentgateway-otel/metrics'
import { type Finding, hint, well } from '../finding.ts'
import { boundsByLabel } from '../label-bounds.ts'

export const overflowingLabels: Finding = {
  code: 'overflowing-labels',
  summary: 'A label has had more values than its limit, or a longer one; they are counted together as `_OTHER`',
  section: 'README.md#limits',
  check({ endpoint: { families } }) {
    if (families === undefined) return []
    const overflowing = new Map<string, Set<string>>()
    for (const { name, samples, histograms } of families.values()) {
      for (const { labels } of [...samples, ...histograms]) {
        for (const [label, value] of labels) {
          if (value !== OTHER || !boundsByLabel.has(label)) continue
          overflowing.set(label, (overflowing.get(label) ?? new Set()).add(name))
        }
      }
    }
    if (overflowing.size === 0) return [well('No label has had more values than its limit.')]
    return [...overflowing].map(([label, metrics]) => {
      const { maxValues, maxLength } = boundsByLabel.get(label) ?? { maxValues: 0, maxLength: 0 }
      return hint(
        `The label ${label} has values that are counted together as ${OTHER}, in ${[...metrics].join(', ')}: it keeps ${maxValues} values, of up to ${maxLength} characters.`,
        label === 'route'
          ? 'Pass templates to setRoute, such as /users/:id, never paths.'
          : label === 'resource'
            ? 'A tool or prompt of MCP that no server has listed, and that never succeeded, is one of these too.'
            : 'Look for a value that is new with each request, such as an identifier in a name of a model.',
      )
    })
  },
}
