import { setRoute } from '@agentgateway-otel/instrumentation-http'
import { serve } from './set-route-server.js'

serve(setRoute)
