// As Sentry's documentation has it; the DSN is in SENTRY_DSN.
const Sentry = require('@sentry/node')

Sentry.init({ tracesSampleRate: 1 })
globalThis.reportError = Sentry.captureException
