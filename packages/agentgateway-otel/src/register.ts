/**
 * `node --import agentgateway-otel/register app.js`: metrics of this process on port 15020, from its start.
 *
 * @module
 */
import './register.cjs'
