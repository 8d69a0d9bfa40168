// The successor of prom-client.
import { Counter, Gauge, Histogram, register } from '@prometheus-io/client'
import { countByHand } from './by-hand.js'

countByHand({ Counter, Gauge, Histogram, register })
