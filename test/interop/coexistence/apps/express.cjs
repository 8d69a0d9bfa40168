// AGENT names a module that sets up an agent. It is loaded first, as the agents' documentation says.
if (process.env.AGENT) require(process.env.AGENT)
const express = require('express')
const http = require('node:http')
require('./shop.cjs').serve(express, http)
