// AGENT names a module to load first, as in the documentation of agents without a flag.
if (process.env.AGENT) require(process.env.AGENT)
const express = require('express')
const http = require('node:http')
require('./shop.cjs').serve(express, http)
