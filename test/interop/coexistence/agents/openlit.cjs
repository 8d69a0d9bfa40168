// openlit, as its documentation says. The prices of models are given, because it would fetch them from the internet.
const { Openlit } = require('openlit')

Openlit.init({ applicationName: process.env.OTEL_SERVICE_NAME, pricingJson: '{}' })
