const { setRoute } = require('agentgateway-otel')
const { serve } = require('./set-route-server.js')

serve(setRoute)
