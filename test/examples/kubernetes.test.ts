import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { type IServiceMonitor, ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1'
import { type IService, Service } from 'kubernetes-models/v1'
import { parse } from 'yaml'
import { APP_PORT, METRICS_PORT } from './ports.ts'

const read = (file: string) =>
  parse(readFileSync(new URL(`../../examples/kubernetes/${file}`, import.meta.url), 'utf8'))

const deployment: IDeployment = read('deployment.yaml')
const service: IService = read('service.yaml')
const monitor: IServiceMonitor = read('servicemonitor.yaml')

const LABELS = { app: 'agentgateway' }
const [container] = deployment.spec?.template.spec?.containers ?? []

describe('examples/kubernetes', () => {
  it('agrees with the schemas of Kubernetes and of the Prometheus Operator', () => {
    assert.deepEqual([deployment.apiVersion, deployment.kind], ['apps/v1', 'Deployment'])
    assert.deepEqual([service.apiVersion, service.kind], ['v1', 'Service'])
    assert.deepEqual([monitor.apiVersion, monitor.kind], ['monitoring.coreos.com/v1', 'ServiceMonitor'])
    new Deployment(deployment).validate()
    new Service(service).validate()
    new ServiceMonitor(monitor).validate()
  })

  it('labels everything alike, and selects by that label', () => {
    for (const { metadata } of [deployment, service, monitor, deployment.spec?.template ?? {}]) {
      assert.deepEqual(metadata?.labels, LABELS)
    }
    assert.deepEqual(deployment.spec?.selector, { matchLabels: LABELS })
    assert.deepEqual(service.spec?.selector, LABELS)
    assert.deepEqual(monitor.spec?.selector, { matchLabels: LABELS })
  })

  it('leads from the ServiceMonitor to the port of the metrics', () => {
    const [endpoint, ...others] = monitor.spec?.endpoints ?? []
    assert.deepEqual(endpoint, { port: 'metrics', path: '/metrics', interval: '15s' })
    assert.deepEqual(others, [])
    assert.deepEqual(portsOf('metrics'), { service: METRICS_PORT, container: METRICS_PORT })
  })

  it('leads to the port of the app, which the probes ask as well', () => {
    assert.deepEqual(portsOf('http'), { service: APP_PORT, container: APP_PORT })
    for (const probe of [container?.startupProbe, container?.readinessProbe, container?.livenessProbe]) {
      assert.deepEqual(probe?.httpGet, { path: '/health', port: 'http' })
    }
  })

  it('gives the app no rights that it does not need', () => {
    assert.equal(deployment.spec?.template.spec?.securityContext?.runAsNonRoot, true)
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })
})

/** The numbers behind a port's name: the Service's, and the container's that the Service leads to. */
function portsOf(name: string) {
  const port = service.spec?.ports?.find((one) => one.name === name)
  const target = container?.ports?.find((one) => one.name === port?.targetPort)
  return { service: port?.port, container: target?.containerPort }
}
