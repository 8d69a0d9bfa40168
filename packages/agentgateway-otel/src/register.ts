/**
 * The preload: `node --import agentgateway-otel/register app.js` serves the metrics of this process on port 15020, from
 * its start.
 *
 * @module
 */
import './register.cjs'
