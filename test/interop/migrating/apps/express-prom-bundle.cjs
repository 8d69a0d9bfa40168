// express-prom-bundle with the labels that its README adds.
const express = require('express')
const bundle = require('express-prom-bundle')
const { addRoutes, listen } = require('./shop.cjs')

const app = express()
app.use(bundle({ includeMethod: true, includePath: true }))
listen(addRoutes(app))
