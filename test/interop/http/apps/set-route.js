import { setRoute } from 'agentgateway-otel'
import { serve } from './set-route-server.js'

serve(setRoute)
