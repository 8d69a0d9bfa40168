/** The thread that verifies passwords, in a bundle of its own, because a thread loads a file. */
import '@agentgateway-otel/exporter/bcrypt-worker'
