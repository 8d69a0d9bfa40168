import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { start } from '../../examples/agent/start.js'
import { STEPS, trickle } from '../../examples/agent/traffic.js'
import { startApp } from '../harness/app.ts'
import { demoEnv } from '../harness/environment.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { prometheusIsMissing, startPrometheus } from '../harness/real-prometheus.ts'
import { until } from '../harness/until.ts'

const APP = new URL('../otlp/apps/calls-itself.mjs', import.meta.url)

const REQUEST = 'GET /called HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

describe('the group of the proxy', () => {
  it('has the version of the instrumentation, whose value is 1', async () => {
    const app = await startApp(APP, { env: { AGENTGATEWAY_METRICS: 'proxy' } })
    const [sample] = (await app.metrics()).get('agentgateway_build_info')?.samples ?? []
    assert.match(sample?.labels.tag ?? '', /^\d+\.\d+\.\d+/)
    assert.equal(sample?.value, 1)
    await app.stop()
  })

  it('counts a connection when it is accepted, and its bytes when it has ended', async () => {
    const app = await startApp(APP, { env: { AGENTGATEWAY_METRICS: 'proxy' } })
    const labels = { bind: app.ready, listener: 'unknown', protocol: 'http' }
    const count = (name: string) => (families: Awaited<ReturnType<typeof app.metrics>>) =>
      sumOf(families, `agentgateway_downstream_${name}`, labels)
    const socket = connect(Number(app.ready), '127.0.0.1')
    await once(socket, 'connect')
    const accepted = await app.metricsWhen((now) => count('connections_total')(now) === 1)
    assert.equal(count('received_bytes_total')(accepted), 0)
    socket.end(REQUEST)
    let received = 0
    for await (const chunk of socket) received += chunk.length
    const ended = await app.metricsWhen((now) => count('received_bytes_total')(now) > 0)
    assert.deepEqual(
      [count('received_bytes_total')(ended), count('sent_bytes_total')(ended)],
      [Buffer.byteLength(REQUEST), received],
    )
    await app.stop()
  })
})

/** What the dashboard of the proxy's Helm chart filters by: the labels of the scrape, and a variable that is made of them. */
const FILTER = 'namespace=~"default",gateway=~"default/shop"'
const POD = 'namespace="default",pod="shop-1",gateway_networking_k8s_io_gateway_name="shop"'

/** What the panels of the proxy's dashboards ask for. */
const PANELS = [
  `sum by (pod, namespace) (rate(agentgateway_requests_total{${FILTER}}[1m]))`,
  `sum by (gateway, status) (rate(agentgateway_requests_total{${FILTER}}[1m]))`,
  `sum by (route) (rate(agentgateway_requests_total{${FILTER}}[1m]))`,
  `histogram_quantile(0.95, sum by (le, gateway, route) (rate(agentgateway_request_duration_seconds_bucket{${FILTER}}[1m])))`,
  `sum by (gen_ai_token_type, gen_ai_request_model) (rate(agentgateway_gen_ai_client_token_usage_sum{${FILTER}}[1m]))`,
  `histogram_quantile(0.5, sum by (le, gen_ai_request_model) (rate(agentgateway_gen_ai_server_time_to_first_token_bucket{${FILTER}}[1m])))`,
  `histogram_quantile(0.5, sum by (le, gen_ai_request_model) (rate(agentgateway_gen_ai_server_request_duration_bucket{${FILTER}}[1m])))`,
  `1 / histogram_quantile(0.5, sum by (le, gen_ai_request_model) (rate(agentgateway_gen_ai_server_time_per_output_token_bucket{${FILTER}}[1m])))`,
  `sum by (gateway, method) (rate(agentgateway_mcp_requests_total{${FILTER}}[1m]))`,
  `sum by (gateway, server, resource) (rate(agentgateway_mcp_requests_total{${FILTER},method="tools/call"}[1m]))`,
  `sum by (tag) (agentgateway_build_info{${POD}})`,
  // Memory and CPU are those of the pods that have the metric of the version.
  `up * on (pod, namespace) group_left (gateway_networking_k8s_io_gateway_name) agentgateway_build_info{${POD}}`,
]

describe('the dashboards of the proxy', { skip: prometheusIsMissing() }, () => {
  it('have data of an app whose service has the name of a gateway, scraped with the labels of Kubernetes', async () => {
    const demo = await start({ env: { ...demoEnv('default/shop'), AGENTGATEWAY_METRICS: 'proxy' } })
    // JSON is YAML.
    const prometheus = await startPrometheus(
      JSON.stringify({
        global: { scrape_interval: '1s' },
        scrape_configs: [
          {
            job_name: 'agentgateway',
            static_configs: [
              {
                targets: [new URL(demo.metricsUrl).host],
                labels: { namespace: 'default', pod: 'shop-1', gateway_networking_k8s_io_gateway_name: 'shop' },
              },
            ],
          },
        ],
      }),
    )
    try {
      for (const step of STEPS) await step.run(demo)
      let silent: readonly string[] = PANELS
      await until(async () => {
        await trickle(demo)
        const results = await Promise.all(PANELS.map((query) => prometheus.query(query)))
        silent = PANELS.filter((_, i) => !results[i]?.some(({ value }) => value > 0))
        return silent.length === 0 || undefined
      }).catch(() => assert.fail(`no data for ${silent.join('; ')}`))
      // The variable by which all panels are filtered.
      const variable =
        'label_join(agentgateway_build_info, "of", "/", "namespace", "gateway_networking_k8s_io_gateway_name")'
      assert.deepEqual(
        (await prometheus.query(variable)).map(({ metric }) => metric.of),
        ['default/shop'],
      )
    } finally {
      await prometheus.stop()
      await demo.stop()
    }
  })
})
