// Sentry set up as its documentation says. The DSN is in SENTRY_DSN.
const Sentry = require('@sentry/node')

Sentry.init({ tracesSampleRate: 1 })
globalThis.reportError = Sentry.captureException
