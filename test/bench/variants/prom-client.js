import { Counter, Gauge, Histogram, register } from 'prom-client'
import { countByHand } from './by-hand.js'

countByHand({ Counter, Gauge, Histogram, register })
