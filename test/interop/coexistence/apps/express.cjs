// AGENT names a module to set up first, as agents' documentation has it where there is no flag.
if (process.env.AGENT) require(process.env.AGENT)
const express = require('express')
const http = require('node:http')
require('./shop.cjs').serve(express, http)
