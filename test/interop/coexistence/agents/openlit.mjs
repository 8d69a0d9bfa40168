// For ES modules the documentation says to hand over the module.
import * as openai from 'openai'
import { Openlit } from 'openlit'

Openlit.init({ applicationName: process.env.OTEL_SERVICE_NAME, pricingJson: '{}', instrumentations: { openai } })
