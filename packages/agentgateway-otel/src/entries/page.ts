/** The page for people, in a bundle of its own: only somebody who opens it needs it. */
export { createPage } from '@agentgateway-otel/exporter/page'
export { pageStatus } from '../page-status.ts'
