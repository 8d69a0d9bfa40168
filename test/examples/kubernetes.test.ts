import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type {
  IPodMonitor,
  IPrometheusRule,
  IServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import type { IConfigMap, IService } from 'kubernetes-models/v1'
import { parse, stringify } from 'yaml'
import { whyMissing } from '../harness/debian-unstable.ts'
import { demoEnv } from '../harness/environment.ts'
import { startProcess } from '../harness/process.ts'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'
import { DASHBOARD_FILES, DASHBOARDS_FOLDER, RULE_FILES } from './dashboard-files.ts'
import { type Manifest, problemsOf } from './kubernetes-schemas.ts'
import { build, buildOverlay, buildWith, KUBERNETES, manifestsIn } from './kustomize.ts'
import { APP_PORT, METRICS_PORT } from './ports.ts'

const AGENT = fileURLToPath(new URL('../../examples/agent/', import.meta.url))

const readText = (file: string) => readFileSync(join(KUBERNETES, file), 'utf8')
const read = (file: string) => parse(readText(file))

/** The files of whole resources: not the kustomizations, and not their patches, each named after the kind that it changes. */
const files = globSync('**/*.yaml', { cwd: KUBERNETES })
  .filter((file) => !file.endsWith('kustomization.yaml') && !/^components\/.*\/deployment\.yaml$/.test(file))
  .sort()
/** There is no schema of this kind on npm. */
const isInstrumentation = ({ kind }: Manifest) => kind === 'Instrumentation'
const manifests = files.flatMap((file) => manifestsIn(readText(file)))

const deployment: IDeployment = read('app/deployment.yaml')
const service: IService = read('app/service.yaml')
const monitor: IServiceMonitor = read('components/prometheus-operator/servicemonitor.yaml')
const podMonitor: IPodMonitor = read('components/pod-monitor/podmonitor.yaml')
const policy: INetworkPolicy = read('components/network-policy/networkpolicy.yaml')

const LABELS = { app: 'agentgateway' }
const [container] = deployment.spec?.template.spec?.containers ?? []

describe('examples/kubernetes', () => {
  it('agrees with the schemas of Kubernetes and of the Prometheus Operator', () => {
    assert.deepEqual(problemsOf(manifests.filter((manifest) => !isInstrumentation(manifest))), [])
  })

  it('would not agree with a wrong field, a wrong type or a value that is not allowed', () => {
    const mistakes: [RegExp, object, string, unknown][] = [
      [/'"imagee"' does not exist/, deployment, 'spec.template.spec.containers.0.imagee', 'node'],
      [/'"intervall"' does not exist/, monitor, 'spec.endpoints.0.intervall', '15s'],
      [/'"podMetricEndpoints"' does not exist/, podMonitor, 'spec.podMetricEndpoints', []],
      [/port must be/, service, 'spec.ports.0.port', 'http'],
      [/interval must match pattern/, monitor, 'spec.endpoints.0.interval', '15 seconds'],
      [/policyTypes\/0 must be equal to one of the allowed values/, policy, 'spec.policyTypes.0', 'Inbound'],
    ]
    const problems = problemsOf(mistakes.map(([, manifest, path, value]) => changed(manifest, path, value)))
    for (const [message, , path] of mistakes) {
      assert.ok(
        problems.some((problem) => message.test(problem)),
        `${path}\n${problems.join('\n')}`,
      )
    }
  })

  it('labels everything alike, and selects by that label', () => {
    for (const { metadata, kind } of manifests as { metadata: { labels?: Record<string, string> }; kind: string }[]) {
      assert.equal(metadata.labels?.app, LABELS.app, kind)
    }
    assert.deepEqual(deployment.spec?.template.metadata?.labels, LABELS)
    assert.deepEqual(deployment.spec?.selector, { matchLabels: LABELS })
    assert.deepEqual(service.spec?.selector, LABELS)
    for (const { spec } of [monitor, podMonitor]) assert.deepEqual(spec?.selector, { matchLabels: LABELS })
    assert.deepEqual(policy.spec?.podSelector, { matchLabels: LABELS })
  })

  it('leads from the ServiceMonitor, and from the PodMonitor, to the port of the metrics', () => {
    const endpoint = { port: 'metrics', path: '/metrics', interval: '15s' }
    assert.deepEqual(monitor.spec?.endpoints, [endpoint])
    assert.deepEqual(podMonitor.spec?.podMetricsEndpoints, [endpoint])
    assert.deepEqual(portsOf('metrics'), { service: METRICS_PORT, container: METRICS_PORT })
  })

  it('leads to the port of the app, which the probes ask as well', () => {
    assert.deepEqual(portsOf('http'), { service: APP_PORT, container: APP_PORT })
    for (const probe of [container?.startupProbe, container?.readinessProbe, container?.livenessProbe]) {
      assert.deepEqual(probe?.httpGet, { path: '/health', port: 'http' })
    }
  })

  it('lets everybody reach the app, and the namespace of Prometheus its metrics', () => {
    assert.deepEqual(policy.spec?.policyTypes, ['Ingress'])
    assert.deepEqual(policy.spec.ingress, [
      { ports: [{ port: APP_PORT }] },
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        ports: [{ port: METRICS_PORT }],
      },
    ])
  })

  it('gives the app no rights that it does not need', () => {
    assert.equal(deployment.spec?.template.spec?.securityContext?.runAsNonRoot, true)
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  it('has each dashboard of packages/dashboards in a ConfigMap that the sidecar of Grafana finds', () => {
    const maps = manifests.filter(({ kind }) => kind === 'ConfigMap') as IConfigMap[]
    assert.deepEqual(
      maps.flatMap(({ data }) => Object.keys(data ?? {})),
      DASHBOARD_FILES,
    )
    for (const { data, metadata } of maps) {
      assert.equal(metadata?.labels?.grafana_dashboard, '1')
      for (const [name, text] of Object.entries(data ?? {})) {
        assert.equal(text, readFileSync(join(DASHBOARDS_FOLDER, name), 'utf8'))
        assert.ok(Buffer.byteLength(text) < 1024 * 1024, `${name} does not fit into a ConfigMap`)
      }
    }
  })

  it('has each file of rules in a PrometheusRule, which promtool accepts', { skip: prometheusIsMissing() }, () => {
    const rules = manifests.filter(({ kind }) => kind === 'PrometheusRule') as IPrometheusRule[]
    assert.deepEqual(
      rules.map(({ spec }) => spec),
      RULE_FILES.map((name) => parse(readFileSync(join(DASHBOARDS_FOLDER, name), 'utf8'))),
    )
    const file = join(mkdtempSync(join(tmpdir(), 'promtool-')), 'rules.yaml')
    for (const { spec, metadata } of rules) {
      writeFileSync(file, stringify(spec))
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
      assert.equal(status, 0, `${metadata?.name}: ${stdout}${stderr}`)
    }
    rmSync(dirname(file), { recursive: true })
  })
})

describe('kustomize', { skip: whyMissing('kustomize') }, () => {
  const kinds = (built: readonly Manifest[]) => built.map(({ kind }) => kind).sort()
  const builtApp = (built: readonly Manifest[]) => {
    const app = built.find(({ kind }) => kind === 'Deployment') as IDeployment
    const pod = app.spec?.template.spec
    const [first] = pod?.containers ?? []
    return { template: app.spec?.template, pod, container: first, env: first?.env ?? [] }
  }
  const variableOf = (built: readonly Manifest[], name: string) =>
    builtApp(built).env.find((variable) => variable.name === name)

  it('builds the app alone, for a cluster without any operator', () => {
    const built = build(KUBERNETES)
    assert.deepEqual(kinds(built), ['Deployment', 'Service'])
    assert.deepEqual(problemsOf(built), [])
  })

  it('builds the overlay with what the Prometheus Operator and Grafana use', () => {
    const built = build(join(KUBERNETES, 'overlays/monitored'))
    const expected = ['Deployment', 'Service', 'ServiceMonitor', 'NetworkPolicy']
    const generated = [...DASHBOARD_FILES.map(() => 'ConfigMap'), ...RULE_FILES.map(() => 'PrometheusRule')]
    assert.deepEqual(kinds(built), [...expected, ...generated].sort())
    assert.deepEqual(problemsOf(built), [])
  })

  it('builds all components in one, and every file is part of one', () => {
    const all = globSync('components/*', { cwd: KUBERNETES }).map((path) => path.replace('components/', ''))
    // Two ways to bring the preload, of which a pod needs one.
    for (const without of ['preload', 'otel-operator']) {
      const built = buildWith(...all.filter((name) => name !== without && name !== 'token'), 'token')
      assert.deepEqual(problemsOf(built.filter((manifest) => !isInstrumentation(manifest))), [])
      const expected = manifests.filter((manifest) => without !== 'otel-operator' || !isInstrumentation(manifest))
      assert.deepEqual(kinds(built), kinds(expected))
    }
  })

  it('refuses a field that kustomizations do not have', () => {
    assert.throws(() => buildOverlay('resources: [../../app]\ncomponent: []\n'), /unknown field "component"/)
  })

  it("builds the kustomization of the README, with the label of somebody's Helm release on everything", () => {
    const blocks = [...readText('README.md').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text)
    assert.equal(blocks.length, 2)
    const built = buildOverlay(blocks.join(''))
    assert.ok(kinds(built).includes('ServiceMonitor'))
    for (const { metadata, kind } of built as (Manifest & { metadata: { labels: Record<string, string> } })[]) {
      assert.equal(metadata.labels.release, 'kube-prometheus-stack', kind)
    }
  })

  it('gives one token to the app and to whichever monitor scrapes it', () => {
    for (const name of ['prometheus-operator', 'pod-monitor']) {
      const built = buildWith(name, 'token')
      const secret = { name: 'agentgateway-metrics', key: 'token' }
      assert.deepEqual(variableOf(built, 'AGENTGATEWAY_METRICS_TOKEN')?.valueFrom, { secretKeyRef: secret })
      const [endpoint] = built.flatMap((manifest) => {
        if (manifest.kind === 'ServiceMonitor') return (manifest as IServiceMonitor).spec?.endpoints ?? []
        return manifest.kind === 'PodMonitor' ? ((manifest as IPodMonitor).spec?.podMetricsEndpoints ?? []) : []
      })
      assert.deepEqual(endpoint?.authorization, { type: 'Bearer', credentials: secret })
      assert.equal(variableOf(built, 'OTEL_SERVICE_NAME')?.value, 'agent')
    }
  })

  it('sends the metrics to a collector, from an app that opens no port for them', () => {
    const built = buildWith('collector')
    assert.equal(variableOf(built, 'AGENTGATEWAY_EXPORTERS')?.value, 'otlp')
    const names = builtApp(built).env.map(({ name }) => name)
    const references = [...(variableOf(built, 'OTEL_RESOURCE_ATTRIBUTES')?.value ?? '').matchAll(/\$\((\w+)\)/g)]
    assert.equal(references.length, 4)
    for (const [, name = ''] of references) {
      assert.ok(names.indexOf(name) >= 0 && names.indexOf(name) < names.indexOf('OTEL_RESOURCE_ATTRIBUTES'), name)
    }
  })

  it('brings the preload into the folder that NODE_OPTIONS names', () => {
    const built = buildWith('preload')
    const { pod, container } = builtApp(built)
    const [init] = pod?.initContainers ?? []
    const folder = init?.command?.at(-1)
    assert.deepEqual(init?.command, ['cp', '-r', '/autoinstrumentation/.', folder])
    assert.equal(variableOf(built, 'NODE_OPTIONS')?.value, `--require ${folder}/autoinstrumentation.js`)
    for (const one of [init, container]) assert.equal(one?.volumeMounts?.[0]?.mountPath, folder)
    assert.deepEqual(container?.command, ['node', 'app.js'])
  })

  it("has OpenTelemetry's operator bring the preload, by the annotation that names the Instrumentation", () => {
    const built = buildWith('otel-operator')
    const instrumentation = built.find(isInstrumentation) as Manifest & {
      spec: { nodejs: { image: string; env: object[] } }
    }
    const { template } = builtApp(built)
    assert.deepEqual(template?.metadata?.annotations, {
      'instrumentation.opentelemetry.io/inject-nodejs': instrumentation.metadata.name,
    })
    assert.equal(instrumentation.apiVersion, 'opentelemetry.io/v1alpha1')
    assert.equal(instrumentation.spec.nodejs.image, builtApp(buildWith('preload')).pod?.initContainers?.[0]?.image)
    assert.deepEqual(instrumentation.spec.nodejs.env, [{ name: 'AGENTGATEWAY_EXPORTERS', value: 'prometheus' }])
  })
})

it('an app with the token of the Secret refuses who scrapes without it', async () => {
  const token = 'b0f2c5d7a9e34816b0f2c5d7a9e34816'
  const app = startProcess(process.execPath, ['--import', 'agentgateway-otel/register', 'app.js'], {
    cwd: AGENT,
    env: { ...demoEnv('locked'), AGENTGATEWAY_METRICS_TOKEN: token },
  })
  const [[, url = '']] = await Promise.all([app.line(/metrics on (http:\S+)/, 'stderr'), app.line(/listening/)])
  assert.equal((await fetch(url)).status, 401)
  assert.equal((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status, 200)
  await app.stop()
})

/** The numbers behind a port's name: the Service's, and the container's that the Service leads to. */
function portsOf(name: string) {
  const port = service.spec?.ports?.find((one) => one.name === name)
  const target = container?.ports?.find((one) => one.name === port?.targetPort)
  return { service: port?.port, container: target?.containerPort }
}

/** A copy of a manifest with another value at a path such as `spec.ports.0.port`. */
function changed(manifest: object, path: string, value: unknown): Manifest {
  const copy = structuredClone(manifest) as Manifest
  const names = path.split('.')
  const last = names.pop() ?? ''
  const parent = names.reduce<Record<string, unknown>>(
    (object, name) => object[name] as Record<string, unknown>,
    copy as unknown as Record<string, unknown>,
  )
  parent[last] = value
  return copy
}
