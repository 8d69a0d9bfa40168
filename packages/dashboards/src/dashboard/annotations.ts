import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { nameOf, select } from '../promql.ts'
import { DATASOURCE } from './datasource.ts'
import { targetMatchers } from './variables.ts'

const accepted = select(nameOf('connections'), targetMatchers(['job', 'instance', 'gateway']))
const byInstance = 'by (job, instance, gateway)'

/** A process has begun anew where its counters have, or where a target appears that was not there before. */
const restarts = new AnnotationQueryBuilder()
  .name('Restarts')
  .datasource(DATASOURCE)
  .enable(true)
  .iconColor('blue')
  .expr(
    `sum ${byInstance} (resets(${accepted}[2m])) > 0\nor group ${byInstance} (${accepted}) unless group ${byInstance} (${accepted} offset 2m)`,
  )
  .step('1m')
  .titleFormat('{{gateway}} has started')
  .textFormat('{{instance}} of {{job}}')

const alerts = new AnnotationQueryBuilder()
  .name('Alerts')
  .datasource(DATASOURCE)
  .enable(true)
  .iconColor('red')
  .expr(
    select('ALERTS', [['alertname', '=~"Agentgateway.+"'], ['alertstate', '="firing"'], ...targetMatchers(['job'])]),
  )
  .step('1m')
  .titleFormat('{{alertname}}')
  .textFormat('{{gateway}} {{instance}}')

export const ANNOTATIONS = [restarts, alerts]
